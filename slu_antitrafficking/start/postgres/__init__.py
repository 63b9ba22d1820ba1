"""PostgreSQL of our own, or the one that DATABASE_URL names: its programs, its data, its life."""
