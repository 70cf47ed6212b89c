"""People who ask for help: their sealed answers, how they are found again, and how a sealed group is revealed."""
