"""Django's database backend for PostgreSQL, with one method of our own (base.py)."""
