"""Setting and lifting holds; asking for, approving and doing erasures; the nightly run."""
