"""What partners are paid for: agreements in dated versions, and invoices that are checked against them."""
