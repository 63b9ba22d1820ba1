"""Sealed backups: written through `age` while they are made, and opened again with two sheets.

No clear byte is on the disk on either way, and no key but in a pipe. Names and times tell the hour.
"""

import os
import re
import secrets
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from slu_antitrafficking.start.console import Problem, sentence_in

AGE_HEADER = b"age-encryption.org/v1\n"
DUMP_HEADER, GZIP_HEADER = b"PGDMP", b"\x1f\x8b"
HALF = ".new"  # how the name of a file ends that is not whole yet
LEAST = 10_000  # bytes; a dump of an empty database has ten times as many
CHUNK = 1 << 20
# What a step of a pipeline is ended by when the next one is gone: that one tells why.
BROKEN_PIPE = -13


def this_hour() -> datetime:
    """The hour that has begun: nothing here says more."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def new_name(kind: str) -> str:
    """Of a file of this hour; two of one hour differ."""
    return f"{this_hour():%Y-%m-%dT%H}-{secrets.token_hex(4)}.{kind}.age"


def hour_of(path: Path) -> datetime | None:
    """The hour in a file's name, where it has one."""
    match = re.match(r"(\d{4}-\d\d-\d\dT\d\d)-", path.name)
    return datetime.strptime(match[1], "%Y-%m-%dT%H").replace(tzinfo=UTC) if match else None


def seal(
    steps: Sequence[Sequence[str]],
    environment: Mapping[str, str],
    recipient: str,
    path: Path,
    descriptors: Sequence[int] = (),
) -> int:
    """Runs these programs as one pipeline into `age` and `path`; how many bytes were written.

    They keep these descriptors open.
    Raises Problem naming the one that failed, or a result that is too small to be true; then there
    is no file of this name.
    """
    commands = [*steps, ["age", "-r", recipient]]
    new = path.with_name(f".{path.name}{HALF}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        run_pipeline(commands, environment, descriptor, descriptors)
        os.fsync(descriptor)
        size = os.fstat(descriptor).st_size
        if size < LEAST:
            raise Problem(f"A backup of {size} bytes cannot be whole: nothing was kept.")
        hour = this_hour().timestamp()
        os.utime(new, (hour, hour))
        new.rename(path)
        sync_folder(path.parent)
        return size
    finally:
        os.close(descriptor)
        new.unlink(missing_ok=True)


def run_pipeline(
    commands: Sequence[Sequence[str]],
    environment: Mapping[str, str],
    output: int,
    descriptors: Sequence[int],
) -> None:
    """Each one's output is the next one's input, the last one's `output`.

    Raises Problem unless every one of them ends well.
    """
    with ExitStack() as files:
        running: list[subprocess.Popen[bytes]] = []
        errors = [files.enter_context(tempfile.TemporaryFile()) for _ in commands]
        source: IO[bytes] | None = None
        try:
            for command, said in zip(commands, errors, strict=True):
                is_last = len(running) == len(commands) - 1
                process = subprocess.Popen(
                    command,
                    env=environment,
                    stdin=source or subprocess.DEVNULL,
                    stdout=output if is_last else subprocess.PIPE,
                    stderr=said,
                    pass_fds=descriptors,
                )
                if source:
                    source.close()
                source = process.stdout
                running.append(process)
            codes = [process.wait() for process in running]
        except BaseException:
            for process in running:
                process.kill()
                process.wait()
            raise
        failed = [place for place, code in enumerate(codes) if code]
        if failed:
            # Whose reader had gone is not to blame.
            blamed = next((place for place in failed if codes[place] != BROKEN_PIPE), failed[0])
            errors[blamed].seek(0)
            words = errors[blamed].read().decode(errors="replace")
            name = Path(commands[blamed][0]).name
            raise Problem(f"{name} failed: {sentence_in(words) or f'exit {codes[blamed]}'}")


def sync_folder(folder: Path) -> None:
    """A name that was given in it is on the disk when this returns."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_header(path: Path) -> None:
    """Raises Problem for a file that was never sealed, before anybody types a sheet for it."""
    with path.open("rb") as sealed:
        if sealed.read(len(AGE_HEADER)) != AGE_HEADER:
            raise Problem(f"{path} is no sealed backup.")


@contextmanager
def opened(path: Path, identity: str) -> Iterator[IO[bytes]]:
    """What is in the sealed file, as it comes out of `age`.

    The identity goes through a pipe. Raises Problem for a file that is sealed to another key, or
    is cut or changed: that is known once all was read.
    """
    with path.open("rb") as sealed:
        key, write = os.pipe()
        os.write(write, identity.encode())
        os.close(write)
        process = subprocess.Popen(
            ["age", "-d", "-i", f"/dev/fd/{key}"],
            stdin=sealed,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[key],
        )
        os.close(key)
    assert process.stdout
    assert process.stderr
    try:
        yield process.stdout
        rest = process.stdout.read(1)
    finally:
        process.stdout.close()
        said = process.stderr.read().decode(errors="replace")
        process.stderr.close()
        code = process.wait()
    if rest or code == BROKEN_PIPE:
        return  # who reads it had enough
    if "no identity matched" in said:
        raise Problem(f"{path} was sealed to other recovery sheets than these.")
    if code:
        raise Problem(f"{path} is cut or damaged: it does not open to its end.")


def kind_of(path: Path, identity: str) -> str:
    """`dump` or `base`, once the whole file was opened.

    Raises Problem when it does not open to its end, or is something else.
    """
    with opened(path, identity) as clear:
        head = clear.read(len(DUMP_HEADER))
        while clear.read(CHUNK):
            pass
    if head == DUMP_HEADER:
        return "dump"
    if head.startswith(GZIP_HEADER):
        return "base"
    raise Problem(f"{path} opens, and is no backup of this site.")
