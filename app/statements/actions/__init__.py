"""Taking bank statements in, saying what their lines are, and closing them."""
