"""How the project is put together: settings, addresses, middleware, the database and the start."""

# In $VAR until two recovery sheets were typed back: the words that nobody can make again, and the
# page to print. They stand here because the starter, which loads no Django, names them too.
FIRST_SUPERVISOR_FILE = "first-start/first-supervisor.txt"
RECOVERY_SHEETS_FILE = "first-start/recovery-sheets.html"
# In a demo's $VAR: who may log in, one line a role.
DEMO_ACCOUNTS_FILE = "demo-accounts.txt"
