"""English as written in Saint Lucia."""
