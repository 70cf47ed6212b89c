"""The verbs of the money, one file for each thing they are done to; every movement goes through the ledger."""
