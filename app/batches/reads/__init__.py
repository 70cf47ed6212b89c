"""Payment runs as they are shown, and what may go into one."""
