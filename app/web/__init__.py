"""The shell of both doors: the door itself, rendering, errors, security headers, languages, static files."""
