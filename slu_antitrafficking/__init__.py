"""How the project is put together: settings, addresses, middleware, the database and the start."""

import stat
from pathlib import Path

# In $VAR until two recovery sheets were typed back: the words that nobody can make again, and the
# page to print. They stand here because the starter, which loads no Django, names them too.
FIRST_SUPERVISOR_FILE = "first-start/first-supervisor.txt"
RECOVERY_SHEETS_FILE = "first-start/recovery-sheets.html"
# In a demo's $VAR: who may log in, one line a role.
DEMO_ACCOUNTS_FILE = "demo-accounts.txt"
# Where EMAIL_URL=file: writes its mails.
MAIL_FOLDER = "mail"


def is_by_starter(path: Path) -> bool:
    """Whether it is a file, and of the same user's as the folder of the first start's files.

    The desk's user may delete in that folder, so it can make things there as well: what it plants
    must be shown to nobody as words of ours.
    """
    try:
        status = path.lstat()
        return stat.S_ISREG(status.st_mode) and status.st_uid == path.parent.stat().st_uid
    except OSError:
        return False
