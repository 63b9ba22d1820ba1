"""What a process remembers for some seconds, so that not every request asks for it again."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class TTLCache(Generic[Value]):
    """By key a value that is made anew once it is older than so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._values: dict[Hashable, tuple[float, Value]] = {}  # with the moment it was made
        self._making = threading.Lock()

    def get(self, key: Hashable, make: Callable[[Value | None], Value]) -> Value:
        """The value; `make` gets the last one, None before there was any, and gives the next.

        One thread makes a value, and while it does the others go on with the last. What `make`
        raises is raised here, and the next question makes it again.
        """
        if (fresh := self._fresh(key)) is not None:
            return fresh
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
        self._values.clear()

    def _fresh(self, key: Hashable) -> Value | None:
        made_at, value = self._values.get(key, (0.0, None))
        return value if time.monotonic() - made_at < self._seconds else None

    def _last(self, key: Hashable) -> Value | None:
        return self._values.get(key, (0.0, None))[1]
