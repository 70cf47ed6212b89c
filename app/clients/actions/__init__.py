"""Taking programs on and ending them, their secrets, their tokens, and the tokens of people."""
