"""The append-only record of who did, saw and was refused what."""
