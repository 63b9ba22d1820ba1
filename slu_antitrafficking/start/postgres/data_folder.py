"""Where our PostgreSQL's data lies, and which user it runs as."""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slu_antitrafficking.start import door_users
from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.options import clean_environment
from slu_antitrafficking.start.state import State, take_rights

MARK = "pg-id"
IN_VAR = "here"
ELSEWHERE = Path("/var/lib/know-the-signs")
LONGEST_SOCKET = 85  # a socket's whole path may have 107 bytes
BETWEEN_FOLDERS = ',"'  # PostgreSQL and libpq take several folders, with these between them


@dataclass(frozen=True)
class DataFolder:
    """A folder of the database's own, and the user it runs as (empty: ourselves)."""

    home: Path
    identity: Mapping[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """What PostgreSQL calls its data directory."""
        return self.home / "data"

    @property
    def programs(self) -> Path:
        """The folder of a copy of PostgreSQL's programs: beside the data, unless initdb, which puts
        its own path into a shell's line between double quotes, could not run there."""
        if not set('"$`\\') & set(str(self.home)):
            return self.home
        return ELSEWHERE / f"programs-{_digest(self.home)}"

    def made_by(self) -> int:
        """The major version that made the data; 0 if there are none."""
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return 0

    def environment(self) -> dict[str, str]:
        """Messages in English, so that we can read them."""
        return clean_environment() | {"LC_ALL": "C"}

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Runs it as the database's user."""
        return subprocess.run(
            [str(part) for part in command],
            env=self.environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **self.identity,
        )

    def own(self, path: Path) -> None:
        """Gives the path to the database's user."""
        if self.identity:
            os.chown(path, self.identity["user"], self.identity["group"])

    def make(self, path: Path) -> Path:
        """Makes a folder of the database's user's alone, which root's doors may pass through."""
        path.mkdir(mode=0o700, exist_ok=True)
        if self.identity:
            os.chown(path, self.identity["user"], self.identity["extra_groups"][0])
        path.chmod(0o710 if self.identity else 0o700)
        return path

    def sockets(self) -> Path:
        """The closed folder of the socket, with a name that the system and PostgreSQL can take.

        Raises Problem when that lies in the temporary folder and somebody else made it.
        """
        if self.identity:
            self.make(self.home)  # on the way
        near = self.home / "s"
        if _takes(near):
            return self.make(near)
        name = f"know-the-signs-{_digest(near)}"
        temporary = Path(tempfile.gettempdir())
        short = (temporary if _takes(temporary / name) else Path("/tmp")) / name
        short.mkdir(mode=0o700, exist_ok=True)
        status = short.lstat()
        # Anybody may write to the temporary folder, and may have been there first.
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (os.geteuid(), self._uid()):
            raise Problem(f"{short} belongs to somebody else; remove it.")
        return self.make(short)

    def reachable(self) -> bool:
        """Whether the database's user can get there."""
        enter = 'cd "$0" && test -w .'
        return self.run(["/bin/sh", "-c", enter, self.home]).returncode == 0

    def _uid(self) -> int:
        return int(self.identity.get("user", os.geteuid()))


def locate(state: State) -> DataFolder:
    """The folder this $VAR's data lies or, before the first start, shall lie.

    Raises Problem when a known folder's data are gone: they are never replaced by a new database.
    """
    name = state.mark(MARK)
    if not name:
        return _new(state.var)
    home = state.var / "postgres" if name == IN_VAR else ELSEWHERE / name
    try:
        owner = (home / "data").stat()
    except FileNotFoundError:
        raise Problem(
            f"The database's folder {home} is missing: put it back, or set VAR to begin anew."
        ) from None
    # PostgreSQL refuses data that others may read.
    take_rights(home, 0o710 if os.geteuid() == 0 else 0o700)
    take_rights(home / "data", 0o700)
    if os.geteuid() != 0:
        return DataFolder(home)
    folder = DataFolder(home, _identity(owner.st_uid, owner.st_gid, state.var))
    if not folder.reachable():
        raise Problem(f"The database's user can no longer reach {home}: open the folders above it.")
    return folder


def remember(state: State, folder: DataFolder) -> None:
    """Remembers where the data lie; to be called once they do."""
    if not state.mark(MARK):
        state.remember(MARK, IN_VAR if folder.home.parent == state.var else folder.home.name)


def make_elsewhere(home: Path) -> None:
    """Makes a folder in ELSEWHERE that the database's user can get to, whatever our umask."""
    home.mkdir(parents=True)
    for folder in (ELSEWHERE, home):
        folder.chmod(0o711)


def delete(var: Path) -> None:
    """Deletes a throw-away $VAR and its data, wherever they lie."""
    mark = var / MARK
    name = mark.read_text().strip() if mark.exists() else IN_VAR
    home = var / "postgres" if name == IN_VAR else ELSEWHERE / name
    for folder in (home, DataFolder(home).programs):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(var, ignore_errors=True)


def _new(var: Path) -> DataFolder:
    if os.geteuid() != 0:
        folder = DataFolder(var / "postgres")
        folder.make(folder.home)
        return folder
    users = {user.pw_name: user for user in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    folder = DataFolder(var / "postgres", _identity(user.pw_uid, user.pw_gid, var))
    folder.make(folder.home)
    if folder.reachable():
        return folder
    # Root's folders are closed to the database's user, and stay closed.
    folder.home.rmdir()
    folder = DataFolder(ELSEWHERE / secrets.token_hex(8), folder.identity)
    make_elsewhere(folder.home)
    folder.make(folder.home)
    return folder


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def _takes(sockets: Path) -> bool:
    name = os.fsencode(sockets)
    return len(name) <= LONGEST_SOCKET and not set(BETWEEN_FOLDERS.encode()) & set(name)


def _identity(user: int, group: int, var: Path) -> dict[str, Any]:
    # As one of the doors' group it may let them to its socket.
    return {"user": user, "group": group, "extra_groups": [door_users.find(var).group]}
