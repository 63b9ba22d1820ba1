"""A worker as the sandbox starts it, kept waiting for photos, so that one can look at it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from slu_antitrafficking import sandbox


class Waiting:
    """A worker with all its limits on."""

    def __init__(self, number: int, question: IO[bytes], answer: IO[bytes]) -> None:
        self.proc = Path(f"/proc/{number}")
        self._question, self._answer = question, answer

    def clean(self, photo: bytes) -> bytes:
        """The cleaned photo."""
        self._question.write(len(photo).to_bytes(4) + photo)
        return self._answer.read(int.from_bytes(self._answer.read(4)))

    def status(self, name: str) -> str:
        """A line of /proc/N/status."""
        lines = (self.proc / "status").read_text().splitlines()
        return dict(line.split(":\t", 1) for line in lines)[name].strip()


@contextmanager
def waiting() -> Iterator[Waiting]:
    """A worker that has cleaned nothing so far, and is ready to."""
    theirs, ours = os.pipe()
    with (
        os.fdopen(ours, "wb", buffering=0) as asking,
        os.fdopen(theirs, "rb") as question,
        sandbox._started(sandbox.CHILD, (), question) as process,
    ):
        assert process.stdout
        worker = Waiting(process.pid, asking, process.stdout)
        assert worker.clean(b"not a photo") == b"unknown_kind"  # from here on it is confined
        yield worker
        process.kill()
