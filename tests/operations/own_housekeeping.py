"""A site's own housekeeping, which might do just then what a test does by hand, or looks at.

It comes every 50 seconds; a second one beside it does nothing.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg2

from tests.running import RunningSite, until
from tips.management.commands import housekeeping


@contextmanager
def waits(site: RunningSite) -> Iterator[Callable[[], None]]:
    """Until the end, or a call of this, no `manage housekeeping` does anything."""
    with closing(psycopg2.connect(site.owner_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:

            def is_ours() -> bool:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", (housekeeping.LOCK,))
                return bool(cursor.fetchone()[0])

            until(is_ours, 60, "a moment without housekeeping")
        yield connection.close


@contextmanager
def rests(site: RunningSite) -> Iterator[None]:
    """The starter is stopped and begins none; a test's own `manage housekeeping` is the only one.

    Whatever dies meanwhile is started again afterwards.
    """
    assert site.process
    os.kill(site.process.pid, signal.SIGSTOP)
    try:
        until(lambda: not at_work(site), 60, "a moment without housekeeping")
        yield
    finally:
        os.kill(site.process.pid, signal.SIGCONT)


def at_work(site: RunningSite) -> bool:
    return any("manage.py housekeeping" in command for command in site.processes().values())
