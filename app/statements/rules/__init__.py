"""A bank's statement as this program reads it, and how its lines are told apart."""
