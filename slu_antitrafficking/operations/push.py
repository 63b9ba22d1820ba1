"""./run push: sealed files leave for another machine, and this one lets go of them.

Its account there may add and nothing else: whoever has this server cannot delete what left it.
"""

import os
import re
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from slu_antitrafficking.operations import backup, sealed_files
from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.options import Options

STATE = "push.json"
SEALED = ".age"
# Of a name that is there already, whole or cut; never ssh's "Permission denied (publickey)".
REFUSED = re.compile(r": (Permission denied|Failure)$", re.MULTILINE)
# A large file takes as long as its unit allows; a line that says nothing is left within a minute.
PATIENCE = ("ConnectTimeout=15", "ServerAliveInterval=15", "ServerAliveCountMax=3")
AGAIN = re.compile(r"\.again-[0-9a-f]{4}")


def run(options: Options, _arguments: Sequence[str]) -> None:
    """Pushes all that waits, the oldest first, and pings once where a dump was among them. Raises
    Problem when one does not arrive.
    """
    where = _place(os.environ.get("PUSH_TO", "").strip())
    folder = backup.make_folder(options)
    with_dump = False
    try:
        for path in _waiting(folder):
            _put(path, where)
            with_dump = with_dump or path.name.endswith(".dump.age")
    finally:
        if with_dump:
            backup.ping()
    backup.note(folder / STATE, at=sealed_files.this_hour().isoformat())


def _place(address: str) -> SplitResult:
    place = urlsplit(address)
    if place.scheme != "sftp" or not place.hostname or not place.username or place.password:
        raise Problem("PUSH_TO must look like sftp://user@host/folder; the key is a file.")
    return place


def _waiting(folder: Path) -> Iterator[Path]:
    files = [path for kind in ("wal", "dumps") for path in (folder / kind).glob(f"*{SEALED}")]
    return iter(sorted(files, key=lambda path: (path.stat().st_mtime, path.name)))


def _put(path: Path, where: SplitResult) -> None:
    """One file, which is then gone here. What was cut off there stays there: it goes once more,
    under another name.

    Raises Problem when it did not arrive.
    """
    said = _sftp(path, where)
    if REFUSED.search(said):
        stem, kind = AGAIN.sub("", path.name).removesuffix(SEALED).rsplit(".", 1)
        again = f"{stem}.again-{secrets.token_hex(2)}.{kind}{SEALED}"
        path = path.rename(path.with_name(again))
        said = _sftp(path, where)
    if said:
        raise Problem(f"{path.name} did not arrive: {said.splitlines()[-1]}")
    path.unlink()


def _sftp(path: Path, where: SplitResult) -> str:
    """Empty when it arrived, else what went wrong."""
    target = f"{where.path.strip('/') or '.'}/{path.name}"
    command = ["sftp", "-q", "-b", "-", "-o", "StrictHostKeyChecking=yes"]
    command += [f"-o{option}" for option in PATIENCE]
    if key := os.environ.get("PUSH_KEY", ""):
        command += ["-o", f"IdentityFile={key}"]
    if hosts := os.environ.get("PUSH_KNOWN_HOSTS", ""):
        command += ["-o", f"UserKnownHostsFile={hosts}"]
    command += ["-P", str(where.port or 22), f"{where.username}@{where.hostname}"]
    result = subprocess.run(
        command,
        input=f'put "{path}" "{target}"\n',
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if result.returncode == 0 else result.stderr.strip() or "no reason given"
