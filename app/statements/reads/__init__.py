"""Bank statements as they are shown, beside what is ours."""
