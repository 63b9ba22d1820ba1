"""The bare programs that our own are measured against: the least that does the same work."""
