"""Who left since a backup was made, which the backup does not know: asked before a door opens."""

import sys

from slu_antitrafficking.operations.postgres_access import PostgresAccess
from slu_antitrafficking.start.console import Problem, say

NEWEST = "SELECT to_char(max(at), 'YYYY-MM-DD HH24:MI TZ') FROM tips_event"
ACTIVE = "SELECT array_agg(username::text ORDER BY username) FROM tips_officer WHERE is_active"


def ask_who_left(access: PostgresAccess) -> list[str]:
    """Names of active accounts. Raises Problem when nobody answers."""
    active = access.ask(ACTIVE) or []
    say(
        f"The newest entry of this backup's trail is of {access.ask(NEWEST) or 'no day'}. It knows"
        f" nothing of what came later. Active accounts: {', '.join(active)}."
    )
    while True:
        say("Who has left since? Names with spaces between; Enter: nobody.")
        line = sys.stdin.readline()
        if not line:
            raise Problem("Nothing was restored; what was here before is here again.")
        left = list(dict.fromkeys(line.split()))
        if not (strangers := [name for name in left if name not in active]):
            return left
        say(f"{strangers[0]} is no active account.")
