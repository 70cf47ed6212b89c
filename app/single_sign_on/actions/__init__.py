"""What is done with identity providers: entering them, going to them and coming back, linking, signing out."""
