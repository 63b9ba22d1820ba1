"""python -m bench.cleaner ours|bare FILE: cleans one photo in a child, as a process of its own.

Of its own, because the system tells a process only the largest memory of all its children.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tips.public import photos


class Cleaned(NamedTuple):
    """One photo's cleaning: seconds, the child's peak in MB, and how many bytes came out."""

    seconds: float
    memory: float
    size: int


def clean(how: str, photo: Path) -> Cleaned:
    """Our own way, or the bare child's."""
    command = [sys.executable, "-m", "bench.cleaner", how, str(photo)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return Cleaned(*json.loads(result.stdout))


def _ours(raw: bytes) -> bytes:
    (done,) = photos.clean([raw])
    return done if isinstance(done, bytes) else b""


def _bare(raw: bytes) -> bytes:
    command = [sys.executable, "-m", "bench.bare.photo"]
    return subprocess.run(command, input=raw, capture_output=True, check=True).stdout


def _main(how: str, photo: str) -> None:
    raw = Path(photo).read_bytes()
    began = time.perf_counter()
    cleaned = (_ours if how == "ours" else _bare)(raw)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    print(json.dumps(Cleaned(seconds, peak, len(cleaned))))


if __name__ == "__main__":
    _main(*sys.argv[1:])
