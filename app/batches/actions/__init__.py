"""Making a payment run and moving it on."""
