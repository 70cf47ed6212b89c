"""Immigration bonds: money lent to the government for a person, and how it comes back."""
