"""Amparo beside the floor: the same SQL and the same cryptography by hand, without Amparo. Run by ``make bench``."""
