"""Who may do what: the grants table, accounts and their roles, sessions, tokens and ties. No domain is known here."""
