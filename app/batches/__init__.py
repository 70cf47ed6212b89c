"""Payment runs: released disbursements go to the bank together, and every file of them is on record."""
