"""A confined child process for everything that decodes what strangers send; see photo_worker."""

import os
import select
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import IO

from slu_antitrafficking import seccomp

CHILD = Path(__file__).with_name("photo_worker.py")
# By the clock, from the asking to the answer of all photos of one sending. Its proxy waits 120.
SECONDS = 90.0
LONGEST = 60_000_000  # bytes of an answer: five photos of pure noise are half of it
# Nothing of ours. glibc's arenas of memory, one a thread, count as memory in use long before they
# are: with all of them a photo was taken or refused by chance.
ENVIRONMENT = {"MALLOC_ARENA_MAX": "2"}

_one_child = Lock()
# A JPEG of eight by eight pixels.
TRIAL = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1td"
    "hbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk"
    "pKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAIAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAYEAEA"
    "AwEAAAAAAAAAAAAAAAAABAUhMf/EABUBAQEAAAAAAAAAAAAAAAAAAAIE/8QAGhEAAgIDAAAAAAAAAAAAAAAAAAIDBBES"
    "Mf/aAAwDAQACEQMRAD8AhGr+YAmeVsirzPp0/9k="
)


def ask(raw: Sequence[bytes], *how: str, child: Path = CHILD, seconds: float = SECONDS) -> bytes:
    """All that the child wrote before it ended, by itself or because its time was up.

    Raises TimeoutError when others asked and no turn was to be had, OSError when there was no
    memory or no process.
    """
    end = time.monotonic() + seconds
    if not _one_child.acquire(timeout=seconds):
        raise TimeoutError
    try:
        with _framed(raw) as question, _started(child, how, question) as process:
            try:
                return _read(process.stdout, end)
            finally:
                process.kill()
    finally:
        _one_child.release()


def frames(answer: bytes) -> Iterator[bytes]:
    """The child's answers without their four bytes of length; one that was cut off is left out."""
    while len(answer) >= 4:
        end = 4 + int.from_bytes(answer[:4])
        if end > len(answer):
            return
        yield answer[4:end]
        answer = answer[end:]


def cleans_a_photo() -> bool:
    """Whether a photo that is nobody's comes back as one, in this process's own confinement."""
    try:
        answer = ask([TRIAL])
    except OSError:
        return False
    return [frame[:2] for frame in frames(answer)] == [b"\xff\xd8"]


def missing() -> str:
    """What this machine lacks to confine the child, as a sentence; empty if nothing."""
    trial = subprocess.run(
        [sys.executable, "-I", "-B", seccomp.__file__],
        capture_output=True,
        env=ENVIRONMENT,
        cwd="/",
        text=True,
        check=False,
    )
    if trial.returncode:
        return f"Photos cannot be cleaned: their filter's trial ended with {trial.returncode}."
    why = trial.stdout.strip()
    return f"Photos are cleaned without a filter of system calls: {why}." if why else ""


def _framed(raw: Sequence[bytes]) -> IO[bytes]:
    """The photos in a file of memory, so that the child's answers cannot stop the asking."""
    file = os.fdopen(os.memfd_create("photos"), "w+b")
    for photo in raw:
        file.write(len(photo).to_bytes(4))
        file.write(photo)
    file.seek(0)
    return file


def _started(child: Path, how: Sequence[str], question: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-B", str(child), *how],
        stdin=question,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a decoder's complaint may quote the photo
        env=ENVIRONMENT,
        cwd="/",
    )


def _read(answer: IO[bytes] | None, end: float) -> bytes:
    """What arrives until then, but no more than a door has memory for."""
    assert answer
    read = bytearray()
    ready = select.poll()
    ready.register(answer, select.POLLIN)
    while (left := end - time.monotonic()) > 0 and len(read) < LONGEST:
        if not ready.poll(left * 1000) or not (part := os.read(answer.fileno(), 1 << 20)):
            break
        read += part
    return bytes(read)
