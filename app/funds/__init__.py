"""Money that was given, what it may be spent on, what is set aside for cases, and the ledger that accounts for it."""
