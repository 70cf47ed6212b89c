"""How long what is kept about people, what holds it, and how it is erased for good."""
