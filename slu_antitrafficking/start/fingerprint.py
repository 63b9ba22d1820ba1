"""Whether anything has changed since the last start that the database or the static files need."""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from slu_antitrafficking.start.options import ROOT

PACKAGES = tuple(ROOT.glob("requirements*.txt"))
OF_STATIC = ("static", "slu_antitrafficking/settings.py")
OF_DATABASE = ("campaign", "tips", "slu_antitrafficking")


def of_static() -> str:
    """Changes with what collectstatic collects and how."""
    return _fingerprint(OF_STATIC)


def of_database() -> str:
    """Changes with migrations, SQL, roles, content, and any code that loads them."""
    return _fingerprint(OF_DATABASE)


def _fingerprint(names: tuple[str, ...]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted((*PACKAGES, *_files(names))):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _files(names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        path = ROOT / name
        for file in path.rglob("*") if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                yield file
