"""What people prove with who they are: passkeys, one-time codes, recovery codes; and what happens without them."""
