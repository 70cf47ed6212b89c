"""Making backups, removing old ones of the keys, and restoring."""
