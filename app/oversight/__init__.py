"""Doors upon the audit record: who did and saw what, and whether the record is as it was written."""
