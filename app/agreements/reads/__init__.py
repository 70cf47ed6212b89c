"""Agreements and invoices as they are shown, found for a verb, and held against what was agreed."""
