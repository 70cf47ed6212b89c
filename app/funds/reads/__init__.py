"""Funds, awards, payees and the ledger as they are shown."""
