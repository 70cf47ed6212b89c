"""Bonds as they are found, shown, chased and summed up."""
