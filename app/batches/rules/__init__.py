"""The life of a payment run, and the files that the bank takes."""
