"""Disbursements as they are shown, found for a verb, and held against the ledger."""
