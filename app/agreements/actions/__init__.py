"""The verbs of agreements and invoices."""
