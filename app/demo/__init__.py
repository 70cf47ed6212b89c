"""A fictional fund to try Amparo with: two years of invented people's applications, cases and payments.

Nothing is written past the actions: everybody acts through a Work at a moment of the past, so that every rule was
asked, every dollar went through the ledger and every act is on record.
"""
