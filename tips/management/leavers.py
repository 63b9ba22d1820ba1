"""Who left since a backup was made, which the backup does not know: asked before a door opens."""

import sys

from django.core.management.base import CommandError, OutputWrapper
from django.db.models import Max

from tips.models import Event, Officer


def ask_who_left(out: OutputWrapper) -> list[Officer]:
    """Active accounts, by names that somebody types. Raises CommandError when nobody answers."""
    active = {officer.username: officer for officer in Officer.objects.filter(is_active=True)}
    newest = Event.objects.aggregate(newest=Max("at"))["newest"]
    out.write(
        f"The newest entry of this backup's trail is of {newest:%Y-%m-%d %H:%M %Z}. It knows"
        f" nothing of what came later. Active accounts: {', '.join(sorted(active))}."
    )
    while True:
        out.write("Who has left since? Names with spaces between; Enter: nobody.")
        out.flush()
        line = sys.stdin.readline()
        if not line:
            raise CommandError("Nobody said who left.")
        names = dict.fromkeys(line.split())
        if not (strangers := [name for name in names if name not in active]):
            return [active[name] for name in names]
        out.write(f"{strangers[0]} is no active account.")
