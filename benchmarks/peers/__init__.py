"""Other ways to rank the same register, for comparison only."""
