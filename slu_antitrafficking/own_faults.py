"""How many answers of this door were its own fault, 500 and above: what an upgrade watches.

Counted by the size of a file that is memory alone (memfd_create(2)). Made before gunicorn forks, it
is one for all workers, and an appended byte is never lost to another. It tells neither of what nor
when.
"""

import fcntl
import os

ENOUGH = 1_000_000  # whoever asks wants to know whether there are more than a few
HEADER = "X-Own-Faults"
_file = os.memfd_create("faults")
fcntl.fcntl(_file, fcntl.F_SETFL, os.O_APPEND)


def note(status: int) -> None:
    """Counts an answer with this status if it was."""
    if status >= 500 and count() < ENOUGH:
        os.write(_file, b".")


def count() -> int:
    """Since the door was started, of all its workers."""
    return os.fstat(_file).st_size
