"""The one command: makes what is needed, starts PostgreSQL and the two doors, keeps them up.

Nothing here loads Django: what needs it runs in a child process, so that the starter stays small.
"""
