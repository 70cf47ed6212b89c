"""Figures for funders: one read, then the same view as JSON, CSV, XLSX, PDF and a page."""
