"""A release's file: nothing of it is unpacked before its signature and all of its sums are right.

The first two members are the sums and their signature; each other member is a plain file whose sum
is among them. A path that leads out, a link, a device or one file more refuses the whole.
"""

import gzip
import hashlib
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.options import ROOT

SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"
NAMESPACE = "know-the-signs-release"  # what a signature is for; another use of the key is none
SIGNER = "releases"
SIGNERS = ROOT / "deploy" / "allowed_signers"
MOST_SUMS = 4_000_000  # bytes of the two first members, which are read before anything is believed
PIECE = 1 << 20


def verify(file: Path, signers: Path = SIGNERS) -> str:
    """The folder's name in it, as `know-the-signs-0.9.0`.

    Raises Problem when the file is cut, changed, unsigned or signed by somebody else.
    """
    with _opened(file) as (top, sums, signature, members):
        _verify_signature(sums, signature, signers)
        left = _listed(sums)
        for name, content, _executable in members:
            if left.pop(name, None) != _digest(content):
                raise Problem(f"{file} was changed: {name} is not what was signed.")
        if left:
            raise Problem(f"{file} was changed: {next(iter(left))} is missing.")
    return top


def unpack(file: Path, parent: Path, signers: Path = SIGNERS) -> Path:
    """The release's folder, new below `parent`, readable by everybody and writable by its owner.

    `file` must be writable by us alone: it is read twice. Raises Problem as `verify` does, and when
    the folder is there already.
    """
    folder = parent / verify(file, signers)
    if folder.exists():
        raise Problem(f"{folder} is there already.")
    new = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=parent))
    with _opened(file) as (_, _, _, members):
        for name, content, executable in members:
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as target:
                while piece := content.read(PIECE):
                    target.write(piece)
            path.chmod(0o755 if executable else 0o644)
    for path in (new, *new.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
    return new.rename(folder)


Member = tuple[str, IO[bytes], bool]  # path below the folder, content, whether it is a program


@contextmanager
def _opened(file: Path) -> Iterator[tuple[str, bytes, bytes, Iterator[Member]]]:
    """The folder's name, sums, signature, and the other members, each to be read at once."""
    try:
        with tarfile.open(file, "r:gz") as tar:
            first, second = tar.next(), tar.next()
            top = first.name.removesuffix(f"/{SUMS}") if first else ""
            if not first or first.name == top or PurePosixPath(top).name != top or top == "..":
                raise Problem(f"{file} is no release of Know the Signs.")
            if not second or second.name != f"{top}/{SIGNATURE}":
                raise Problem(f"{file} is not signed.")
            yield top, _small(tar, first), _small(tar, second), _members(tar, top, file)
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Problem(f"{file} is cut, or no release: {error}") from error


def _members(tar: tarfile.TarFile, top: str, file: Path) -> Iterator[Member]:
    while (member := tar.next()) is not None:
        name = member.name.removeprefix(f"{top}/")
        leads_out = name == member.name or not is_below(name)
        content = None if leads_out or not member.isreg() else tar.extractfile(member)
        if content is None:
            raise Problem(f"{file} was changed: {member.name} is no plain file of the release.")
        yield name, content, bool(member.mode & 0o100)


def is_below(name: str) -> bool:
    """Whether the path stays in its folder, whatever that is."""
    return not {"", ".", ".."}.intersection(name.split("/"))


def _small(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    content = tar.extractfile(member) if member.isreg() and member.size <= MOST_SUMS else None
    if content is None:
        raise Problem(f"{member.name} is not what a release begins with.")
    return content.read()


def _verify_signature(sums: bytes, signature: bytes, signers: Path) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(signature)
        file.flush()
        command = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", SIGNER]
        command += ["-n", NAMESPACE, "-s", file.name]
        result = subprocess.run(command, input=sums, capture_output=True, check=False)
    if result.returncode:
        raise Problem(f"The signature is by none of the keys in {signers}: do not use this file.")


def _listed(sums: bytes) -> dict[str, str]:
    """By path: the sum. Raises Problem for a line that is no sum."""
    found = {}
    for line in sums.decode(errors="replace").splitlines():
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not is_below(name):
            raise Problem(f"{SUMS} has a line that is no sum of a file.")
        found[name] = digest
    return found


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := content.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()
