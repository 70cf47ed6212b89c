"""Backups of data and of keys, apart from each other, readable only offline; and the way back."""
