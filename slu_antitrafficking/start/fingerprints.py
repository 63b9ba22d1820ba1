"""Whether files changed since the last start, so that what is made of them is made again."""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from slu_antitrafficking.start.options import ROOT

# Files whose change since the last start has the work done again; the packages for all of it.
PACKAGES = tuple(ROOT.glob("requirements*.txt"))
# What collectstatic collects, and how.
OF_STATIC = (
    "static",
    "slu_antitrafficking/settings.py",
    "slu_antitrafficking/static_files.py",
)
# Migrations, SQL, roles, content, and any code that loads them.
OF_DATABASE = ("campaign", "tips", "slu_antitrafficking")


def fingerprint(names: tuple[str, ...]) -> str:
    """Changes with any of these files, the packages or the Python."""
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
