"""Staff: signing in and out, passwords, invitations and tokens."""
