"""How the project is put together: settings, addresses, middleware, the database and the start."""

# In $VAR: the first supervisor's one-time words and the recovery key, until that is typed back. It
# stands here because the starter, which loads no Django, names it as well as the settings.
FIRST_SUPERVISOR_FILE = "first-supervisor.txt"
