"""Photos become new pixels in a confined child process; no photo ever fails a sending."""

import subprocess
import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from threading import BoundedSemaphore, Lock

CHILD = Path(__file__).with_name("photo_child.py")
SECONDS = 40  # for all photos of one sending

_one_child = Lock()
# Threads that wait for the child cannot take tips: of a worker's eight, at most four may.
_at_the_door = BoundedSemaphore(4)


class Lost(Enum):
    """Why there is no clean photo."""

    UNREADABLE = "unreadable"
    NO_TIME = "no_time"


def clean(raw: Sequence[bytes]) -> list[bytes | Lost]:
    """For each photo, in order, a JPEG of nothing but pixels, or why none. Never raises."""
    no_time: list[bytes | Lost] = [Lost.NO_TIME] * len(raw)
    if not raw or not _at_the_door.acquire(blocking=False):
        return no_time
    try:
        with _one_child:
            return _frames(_ask_the_child(raw), len(raw))
    except OSError:  # no memory or no process to be had
        return no_time
    finally:
        _at_the_door.release()


def _ask_the_child(raw: Sequence[bytes]) -> bytes:
    """All that the child wrote before it ended, by itself or because its time was up."""
    with subprocess.Popen(
        [sys.executable, "-I", "-B", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a decoder's complaint may quote the photo
        env={},
        cwd="/",
    ) as child:
        framed = b"".join(part for photo in raw for part in (len(photo).to_bytes(4), photo))
        try:
            return child.communicate(framed, timeout=SECONDS)[0]
        except subprocess.TimeoutExpired:
            child.kill()
            return child.communicate()[0]
        except BaseException:
            child.kill()
            raise


def _frames(answer: bytes, wanted: int) -> list[bytes | Lost]:
    """The photos in the child's answer; it had no time for those it never came to."""
    photos: list[bytes | Lost] = []
    while len(photos) < wanted and len(answer) >= 4:
        end = 4 + int.from_bytes(answer[:4])
        if end > len(answer):
            break
        photos.append(answer[4:end] or Lost.UNREADABLE)
        answer = answer[end:]
    return photos + [Lost.NO_TIME] * (wanted - len(photos))
