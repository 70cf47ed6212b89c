"""May this fund help this person? Pure rules over dated reference data."""
