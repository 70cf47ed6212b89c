"""Reports read: the question, the statements, the view, and the catalogue."""
