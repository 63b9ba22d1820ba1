"""What one $VAR remembers between starts, and the lock that lets only one start use it."""

import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from slu_antitrafficking import FIRST_SUPERVISOR_FILE, RECOVERY_SHEETS_FILE, is_by_starter
from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.door_users import FIRST_START

# Root's PostgreSQL runs as another user, who must be able to pass through.
PASSED_THROUGH = 0o711 if os.geteuid() == 0 else 0o700
SECRETS = ("superuser", "owner", "public_secret_key", "desk_secret_key")


class State:
    """The folder $VAR. Nothing in it that opens anything is readable by another user."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.log = var / "log"
        if not var.exists():
            var.mkdir(parents=True)
            var.chmod(PASSED_THROUGH)
        elif (var / "secrets.json").exists() or not any(var.iterdir()):
            self._close()  # ours; a folder with other things in it stays as open as it is
        self.log.mkdir(mode=0o700, exist_ok=True)
        self.first_supervisor = var / FIRST_SUPERVISOR_FILE
        self.recovery_sheets = var / RECOVERY_SHEETS_FILE
        self.secrets = self._secrets()

    def _close(self) -> None:
        """A store may have been copied, or restored, with rights for everybody."""
        take_rights(self.var, PASSED_THROUGH)
        for path in self.var.iterdir():
            if path.is_file() and not path.is_symlink():
                take_rights(path, 0o600)
        first_start = (self.var / FIRST_SUPERVISOR_FILE).parent
        for folder, most in ((self.log, 0o700), (first_start, FIRST_START)):
            if folder.is_dir():
                take_rights(folder, most)
                for path in folder.iterdir():
                    if is_by_starter(path):  # a link leads anywhere
                        take_rights(path, 0o600)

    def mark(self, name: str) -> str:
        """What was remembered under this name; empty if nothing was."""
        try:
            return (self.var / name).read_text().strip()
        except FileNotFoundError:
            return ""

    def remember(self, name: str, value: str) -> None:
        """Remembers it whole or not at all."""
        new = self.var / f".{name}-{os.getpid()}"
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.var / name)

    def kept_passwords(self, doors: Sequence[str]) -> dict[str, str]:
        """The passwords of the doors on somebody else's server, made once."""
        return {door: self._secret(f"{door}_password") for door in doors}

    def _secret(self, name: str) -> str:
        if name not in self.secrets:
            self.secrets[name] = secrets.token_urlsafe(48)
            self.remember("secrets.json", json.dumps(self.secrets, indent=1))
        return self.secrets[name]

    def _secrets(self) -> dict[str, str]:
        known = json.loads(self.mark("secrets.json") or "{}")
        if missing := [name for name in SECRETS if name not in known]:
            known |= {name: secrets.token_urlsafe(48) for name in missing}
            self.remember("secrets.json", json.dumps(known, indent=1))
        return dict(known)


def take_rights(path: Path, most: int) -> None:
    """Leaves the path no right beyond these."""
    has = stat.S_IMODE(path.stat().st_mode)
    if has & ~most:
        path.chmod(has & most)


class Lock:
    """Held by the one process that may start things in this $VAR; freed however that ends."""

    def __init__(self, var: Path) -> None:
        self._path = var / "lock"
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        self.after_a_crash = False

    def take(self, command: str) -> str:
        """Empty when it is ours now, else the command that holds it."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return self._path.read_text().strip() or "another command"
        # Whoever ended well has wiped the name.
        self.after_a_crash = bool(self._path.read_text())
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, command.encode(), 0)
        return ""

    def take_or_refuse(self, command: str) -> Self:
        """The lock. Raises Problem naming who holds it."""
        if holder := self.take(command):
            where = self._path.parent
            if holder == "run":
                raise Problem(f"Know the Signs is already running on {where}.")
            raise Problem(f"./run {holder} is at work on {where}: start again when it has ended.")
        return self

    def release(self) -> None:
        """Says that everything ended well."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def abandoned(where: Path, prefix: str) -> Iterator[Path]:
    """Our own folders of this name whose lock nobody holds: a killed command could not clean up."""
    for folder in where.glob(f"{prefix}*"):
        # Whoever it belongs to may take it away just now; and a stranger may plant a link.
        with suppress(FileNotFoundError):
            ours = folder.lstat().st_uid == os.geteuid() and (folder / "lock").exists()
            if ours and not Lock(folder).take("cleaning up"):
                yield folder
