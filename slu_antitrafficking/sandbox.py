"""A confined child process for everything that decodes what strangers send; see photo_worker."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

CHILD = Path(__file__).with_name("photo_worker.py")
SECONDS = 40.0  # for all photos of one sending


def ask(raw: Sequence[bytes], *how: str, child: Path = CHILD, seconds: float = SECONDS) -> bytes:
    """All that the child wrote before it ended, by itself or because its time was up."""
    with subprocess.Popen(
        [sys.executable, "-I", "-B", str(child), *how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a decoder's complaint may quote the photo
        env={},
        cwd="/",
    ) as process:
        framed = b"".join(part for photo in raw for part in (len(photo).to_bytes(4), photo))
        try:
            return process.communicate(framed, timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            return process.communicate()[0]
        except BaseException:
            process.kill()
            raise


def frames(answer: bytes) -> Iterator[bytes]:
    """What the child wrote whole."""
    while len(answer) >= 4:
        end = 4 + int.from_bytes(answer[:4])
        if end > len(answer):
            return
        yield answer[4:end]
        answer = answer[end:]
