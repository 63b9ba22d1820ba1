"""A PostgreSQL that lasts as long as somebody compares a copy in it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from slu_antitrafficking.start.postgres.data_folder import delete
from slu_antitrafficking.start.postgres.database import Embedded
from slu_antitrafficking.start.processes import Log
from slu_antitrafficking.start.state import Lock, State, abandoned

LARGE = "/var/tmp"  # /tmp may be in memory
PREFIX = "know-the-signs-scratch-"


@contextmanager
def store() -> Iterator[State]:
    """An empty $VAR, gone afterwards with all that was made of it; a killed one's goes now."""
    place = Path(os.environ.get("TMPDIR") or LARGE)
    for old in abandoned(place, PREFIX):
        delete(old)
    var = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    var.chmod(0o711)  # root's PostgreSQL runs as another user
    lock = Lock(var).take_or_refuse("drill")
    try:
        yield State(var)
    finally:
        lock.release()
        delete(var)


@contextmanager
def database() -> Iterator[Embedded]:
    """A server with an empty database; what nobody will miss is not synced. Its owner makes no
    roles: what a copy brings runs with no more rights than it has where it comes from."""
    with store() as state:
        made = Embedded(state, Log(state.log / "postgresql.log"), durable=False)
        try:
            made.start(rights="NOCREATEROLE")
            yield made
        finally:
            made.stop()
