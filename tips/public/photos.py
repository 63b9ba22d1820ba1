"""Photos become new pixels in a confined child process; no photo ever fails a sending."""

from collections.abc import Sequence
from enum import Enum
from itertools import islice
from threading import BoundedSemaphore

from slu_antitrafficking import sandbox
from slu_antitrafficking.sandbox import CHILD, SECONDS

# Threads that wait for the child cannot take tips: of a worker's eight, at most four may, and each
# for SECONDS at most.
_at_the_door = BoundedSemaphore(4)
# The most that the worker makes of one; what is longer would be refused with the words.
LARGEST = 10_000_000


class Lost(Enum):
    """Why there is no clean photo; all but the last are the photo worker's words."""

    TOO_MANY_PIXELS = "too_many_pixels"
    UNKNOWN_KIND = "unknown_kind"
    DAMAGED = "damaged"
    NO_TIME = "no_time"


REASONS = {why.value.encode(): why for why in Lost}


def clean(raw: Sequence[bytes]) -> list[bytes | Lost]:
    """For each photo, in order, a JPEG of nothing but pixels, or why none. Never raises."""
    no_time: list[bytes | Lost] = [Lost.NO_TIME] * len(raw)
    if not raw or not _at_the_door.acquire(blocking=False):
        return no_time
    try:
        return _frames(sandbox.ask(raw, child=CHILD, seconds=SECONDS), len(raw))
    except OSError:  # no memory, process or turn to be had
        return no_time
    finally:
        _at_the_door.release()


def _frames(answer: bytes, wanted: int) -> list[bytes | Lost]:
    """The photos in the child's answer; it had no time for those it never came to."""
    photos = [_photo(frame) for frame in islice(sandbox.frames(answer), wanted)]
    return photos + [Lost.NO_TIME] * (wanted - len(photos))


def _photo(frame: bytes) -> bytes | Lost:
    if why := REASONS.get(frame):
        return why
    return frame if 0 < len(frame) <= LARGEST else Lost.DAMAGED
