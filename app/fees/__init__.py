"""Government fees: dated prices, what a case has to pay, waivers, and the fee notices that have a clock."""
