"""Amparo: case management for immigrant legal defense funds."""
