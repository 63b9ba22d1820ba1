"""How often each of very many names came within the hour: a count-min sketch in shared memory.

Cormode and Muthukrishnan, "An improved data stream summary: the count-min sketch and its
applications" (2005): it may count too many, never too few. What is added is added to the smallest
of its counters alone (Estan and Varghese, "New directions in traffic measurement and accounting",
2002, "conservative update"). With 50,000 names in an hour a new one reads 1 too many at most, with
350,000 3, with 1,100,000 9 (measured).

The counters lie in a file that is memory alone (memfd_create(2)). Made before gunicorn forks, it is
the same for every worker. Names are hashed under a key that lies beside the counters. Each day all
of it is overwritten, with a new key: by the first who counts or is forked, and public workers are
forked every hour. What is emptied is overwritten and then given back: a sketch takes the memory of
the pages that something was counted in.
"""

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from mmap import MADV_REMOVE, PAGESIZE, mmap
from threading import Lock
from typing import NamedTuple

from tips.crypto import sealing

ROWS, COLUMNS = 4, 65_536
HOUR, DAY = 3600, 24 * 3600  # seconds

# In 32-bit words: the day, the hour of each of the two planes, the key; from the next page on the
# planes.
_DAY, _HOURS, _KEY, _KEY_END, _PLANES = 0, 1, 8, 16, PAGESIZE // 4
_KEY_BYTES = slice(4 * _KEY, 4 * _KEY_END)
_PLANE = ROWS * COLUMNS


class Hit(NamedTuple):
    """One that has entered."""

    total: float  # of this name within the hour, this one included
    key: bytes
    hour: int
    cells: tuple[int, ...]


class CountMinSketch:
    """Counts by name, over all threads and over all processes that are forked from here.

    It holds its file open for as long as the process lives: whoever closes any descriptor of it
    gives up the locks of all its threads (fcntl_locking(2)). The kernel takes a lock back from
    whoever is killed, and what such a one leaves half done is done again by the next.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock  # one that all processes share, and that nobody sets back
        self._thread = Lock()
        self._file = os.memfd_create("limits")
        size = 4 * (_PLANES + 2 * _PLANE)
        os.ftruncate(self._file, size)
        self._bytes = mmap(self._file, size)
        self._words = memoryview(self._bytes).cast("I")
        os.register_at_fork(after_in_child=self._forked)

    def add(self, name: str, most: int = 2**32 - 1) -> float:
        """Counts one more of this name, up to `most` in an hour, and gives how many there are."""
        with self._locked():
            hour, share = self._turn()
            cells = self._cells(name)
            counters = [_plane(hour) + cell for cell in cells]
            raised = min(most, 1 + min(self._words[each] for each in counters))
            for each in counters:
                self._words[each] = max(self._words[each], raised)
            return self._least(cells, hour, share)

    def enter(self, name: str) -> Hit:
        """As `add`, until it is taken back: every counter counts one more.

        Not in a sketch that is added to: there a counter stands for several names, and would count
        too few of the others once one of them is taken back.
        """
        with self._locked():
            hour, share = self._turn()
            cells = self._cells(name)
            for cell in cells:
                self._words[_plane(hour) + cell] += 1
            return Hit(self._least(cells, hour, share), self._bytes[_KEY_BYTES], hour, cells)

    def take_back(self, hit: Hit) -> None:
        """As if it had not come; nothing where it has gone out of view already."""
        with self._locked():
            hour, _share = self._turn()
            if hit.key == self._bytes[_KEY_BYTES] and hit.hour in (hour, hour - 1):
                for cell in hit.cells:
                    self._words[_plane(hit.hour) + cell] -= 1

    def count(self, name: str) -> float:
        """How often it came; what came in the hour before counts by the share still in view."""
        with self._locked():
            hour, share = self._turn()
            return self._least(self._cells(name), hour, share)

    def forget(self) -> None:
        """From now on nothing has come yet, and the key is another."""
        with self._locked():
            self._words[_DAY] = 0

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._thread:
            while not self._try_lock():
                pass
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _try_lock(self) -> bool:
        """Waits for the lock of the file; False where it has to be asked for again.

        The kernel looks for deadlocks by process. Where a thread of each process holds a sketch
        and another of its threads waits for the other's, it sees one, and there is none: nobody
        holds two (fcntl_locking(2), EDEADLK).
        """
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
        except OSError as error:
            if error.errno != errno.EDEADLK:
                raise
            return False
        return True

    def _forked(self) -> None:
        self._thread = Lock()  # another thread of the parent may hold the one that was copied
        with self._locked():
            self._turn()

    def _turn(self) -> tuple[int, float]:
        """The hour, and how much of the one before is in view; empties what is out of it.

        What says that something was emptied is written after it.
        """
        now = self._clock()
        day, hour = int(now // DAY) + 1, int(now // HOUR) + 1  # a fresh file says 0
        if self._words[_DAY] != day:
            self._bytes[_KEY_BYTES] = sealing.new_secret()
            self._empty(hour)
            self._empty(hour - 1)
            self._words[_DAY] = day
        for each in (hour, hour - 1):
            if self._words[_HOURS + each % 2] != each:
                self._empty(each)
        return hour, 1 - now % HOUR / HOUR

    def _empty(self, hour: int) -> None:
        start = 4 * _plane(hour)
        self._bytes[start : start + 4 * _PLANE] = bytes(4 * _PLANE)
        with suppress(OSError):  # a kernel that does not take them back keeps zeros
            self._bytes.madvise(MADV_REMOVE, start, 4 * _PLANE)
        self._words[_HOURS + hour % 2] = hour

    def _cells(self, name: str) -> tuple[int, ...]:
        """Its counter in each row."""
        key = self._bytes[_KEY_BYTES]
        hashed = sealing.digest("kts limits", name.encode(), key=key, size=2 * ROWS)
        return tuple(
            row * COLUMNS + int.from_bytes(hashed[2 * row : 2 * row + 2]) % COLUMNS
            for row in range(ROWS)
        )

    def _least(self, cells: tuple[int, ...], hour: int, share: float) -> float:
        now, before = _plane(hour), _plane(hour - 1)
        return min(self._words[now + c] + share * self._words[before + c] for c in cells)


def _plane(hour: int) -> int:
    """Where the counters of this hour begin."""
    return _PLANES + hour % 2 * _PLANE
