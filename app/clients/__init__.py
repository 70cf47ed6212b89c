"""Programs that speak to the API: clients in their own name, and tokens in the name of a person."""
