"""Verbs about oneself (signing in, passwords, sessions) and about colleagues (invitations, suspension)."""
