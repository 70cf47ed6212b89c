"""Programs with their secrets' dates, one's own tokens, and what asking for a token needs to know."""
