"""Identity providers and linked accounts, as they are shown and as they are used."""
