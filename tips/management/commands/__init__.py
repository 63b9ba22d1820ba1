"""What the starter and an operator call."""
