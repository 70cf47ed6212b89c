"""The case: who works on it, its hearings and deadlines, its notes, and how it ended."""
