"""The mail process twenty times as fast, killed at the point that is named.

One Python that has loaded everything makes all of them: at each line on its standard input, a point
or nothing, it forks a mail process and says its number; asked for a number's end, it says that.
"""

import os
import signal
import sys
from collections.abc import Callable
from types import ModuleType

import django

SPEED = 20
POINTS = ("planned", "written", "committed", "claimed", "sent", "marked")


def hurry() -> None:
    """Every span of the mail process is a twentieth; the ladder's stay as they are."""
    mail.TICK /= SPEED
    outbox.LEASE /= SPEED
    outbox.TRY_AGAIN = tuple(span / SPEED for span in outbox.TRY_AGAIN)
    planning.GAP /= SPEED


def die_at(point: str) -> None:
    """Killed by itself as the machine might, the first time that it comes there."""

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def around(module: ModuleType, name: str, *, before: bool) -> None:
        act: Callable[..., object] = getattr(module, name)

        def deadly(*args: object, **kwargs: object) -> object:
            if before:
                die()
            answer = act(*args, **kwargs)
            die()
            return answer

        setattr(module, name, deadly)

    where = {
        "planned": (planning, "add", True),
        "written": (planning, "add", False),
        "committed": (sending, "deliver", True),
        "claimed": (sending, "_send", True),
        "sent": (sending, "_send", False),
        "marked": (outbox, "mark_sent", False),
    }
    module, name, before = where[point]
    around(module, name, before=before)


def fork(point: str) -> int:
    """The number of a new mail process, which never comes back from here."""
    if number := os.fork():
        return number
    processes.end_with_parent(signal.SIGKILL)
    if point:
        die_at(point)
    mail.Command().handle()
    os._exit(0)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slu_antitrafficking.settings")
    django.setup()
    from slu_antitrafficking.start import processes
    from tips.alarms import outbox, planning, sending
    from tips.management.commands import mail

    hurry()
    for line in sys.stdin:
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "fork":
            print(fork(rest), flush=True)
        else:
            print(os.waitstatus_to_exitcode(os.waitpid(int(rest), 0)[1]), flush=True)
