"""What a process remembers for some seconds, so that not every request asks for it again."""

import contextvars
import threading
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Generic, TypeVar

from django.db import DatabaseError, OperationalError, close_old_connections

from slu_antitrafficking import database_deadline

Value = TypeVar("Value")
# A reader waits so long for what is made anew in the door's own thread, and goes on with the last.
PATIENCE = 0.25  # seconds
FIRST_PATIENCE = database_deadline.SILENT + 0.5  # seconds, before there was any
_jobs: SimpleQueue[Callable[[], None]] | None = None


def renew_apart() -> None:
    """From now on a thread of this process renews what `TTLCache(apart=True)` remembers."""
    global _jobs
    _jobs = SimpleQueue()
    threading.Thread(target=_renew, args=(_jobs,), daemon=True).start()


def _renew(jobs: SimpleQueue[Callable[[], None]]) -> None:
    while True:
        job = jobs.get()
        database_deadline.begin()
        with suppress(DatabaseError):  # nothing may end this thread: no page would be renewed again
            close_old_connections()
        job()


@dataclass
class _Renewal(Generic[Value]):
    """A value under way in the thread that renews."""

    done: threading.Event = field(default_factory=threading.Event)
    value: Value | None = None
    error: Exception | None = None


class TTLCache(Generic[Value]):
    """By key a value that is made anew once it is older than so many seconds.

    `apart`: in a served door the thread of `renew_apart` makes it. No reader of a page waits there
    for a database that is silent.
    """

    def __init__(self, seconds: float, *, apart: bool = False) -> None:
        self._seconds = seconds
        self._values: dict[Hashable, tuple[float, Value]] = {}  # with the moment it was made
        self._making = threading.Lock()
        self._apart = apart
        self._renewals: dict[Hashable, _Renewal[Value]] = {}  # the last one that is not stored

    def get(self, key: Hashable, make: Callable[[Value | None], Value]) -> Value:
        """The value; `make` gets the last one, None before there was any, and gives the next.

        One thread makes a value, and while it does the others go on with the last. What `make`
        raises is raised here, and the next question makes it again.
        """
        if (fresh := self._fresh(key)) is not None:
            return fresh
        if self._apart and _jobs is not None:
            return self._renewed(key, make, _jobs)
        last = self._last(key)
        if not self._making.acquire(blocking=last is None) and last is not None:
            return last
        try:
            if (fresh := self._fresh(key)) is not None:
                return fresh
            value = make(last)
            self.set(key, value)
            return value
        finally:
            self._making.release()

    def set(self, key: Hashable, value: Value) -> None:
        """This is the value from now on, as if just made."""
        self._values[key] = (time.monotonic(), value)

    def forget(self) -> None:
        """Every value is made anew, as before there was any."""
        self._renewals.clear()
        self._values.clear()

    def _renewed(
        self,
        key: Hashable,
        make: Callable[[Value | None], Value],
        jobs: SimpleQueue[Callable[[], None]],
    ) -> Value:
        """The next value or what was raised instead, or after a while the last.

        Raises OperationalError when there is no value in time.
        """
        last = self._last(key)
        renewal = self._begin(key, make, jobs)
        if last is None:
            renewal.done.wait(FIRST_PATIENCE)
        elif not database_deadline.places.is_slow:
            renewal.done.wait(PATIENCE)
        if renewal.error is not None:
            raise renewal.error.with_traceback(None)
        if renewal.value is not None:
            return renewal.value
        if last is None:
            raise OperationalError("the database is silent")
        return last

    def _begin(
        self,
        key: Hashable,
        make: Callable[[Value | None], Value],
        jobs: SimpleQueue[Callable[[], None]],
    ) -> _Renewal[Value]:
        """The renewal that is under way, or a new one."""
        with self._making:
            renewal = self._renewals.get(key)
            if renewal is None or renewal.done.is_set():
                renewal = self._renewals[key] = _Renewal()
                run = contextvars.copy_context().run
                jobs.put(lambda: run(self._make, key, make, renewal))
            return renewal

    def _make(
        self, key: Hashable, make: Callable[[Value | None], Value], renewal: _Renewal[Value]
    ) -> None:
        try:
            renewal.value = make(self._last(key))
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            renewal.error = error
        else:
            if (
                self._renewals.get(key) is renewal
            ):  # nobody has said since that it is to be forgotten
                self.set(key, renewal.value)
        renewal.done.set()

    def _fresh(self, key: Hashable) -> Value | None:
        made_at, value = self._values.get(key, (0.0, None))
        return value if time.monotonic() - made_at < self._seconds else None

    def _last(self, key: Hashable) -> Value | None:
        return self._values.get(key, (0.0, None))[1]
