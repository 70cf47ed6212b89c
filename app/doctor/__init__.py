"""The doctor: looks at an installation without changing it, and names what is wrong, why, and what to type."""
