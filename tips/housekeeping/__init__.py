"""What time takes away, and whether all is as it should be: once a minute, as the owner."""
