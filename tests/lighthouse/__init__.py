"""Lighthouse over every page."""
