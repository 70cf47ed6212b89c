"""Looking: into backups, at what a database holds, and whether what was restored is whole."""
