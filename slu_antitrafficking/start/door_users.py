"""Root's doors run as two users of their own: who breaks into one reads nothing of the other's.

The users are numbers without names, so that nothing is changed on the machine. Where the code lies
in a folder that is closed to them, as root's home is, each door gets a view of the file system of
its own in which nothing else of that folder is to be seen.
"""

import ctypes
import fcntl
import functools
import grp
import os
import pwd
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from slu_antitrafficking import DEMO_ACCOUNTS_FILE, FIRST_SUPERVISOR_FILE, MAIL_FOLDER
from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.options import ROOT

# What Debian's policy (9.2.2) keeps for its own on demand, and systemd does not use.
NUMBERS = range(61000, 61180, 3)
MARK = "door-users"
# One file a number, with the store that it was given to, and locked while that runs.
GIVEN = Path("/var/lib/know-the-signs/door-users")
CLONE_NEWNS = 0x20000
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
# The folder of the first start's files: the desk may delete in it, the public door see if one is
# there, and neither read any.
FIRST_START = 0o731
AS_ROOT = (
    "Both doors run as root: this folder, its Python or VAR is closed to other users, and this "
    "system lets nobody have a view of the files of their own."
)

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class DoorUsers:
    """Three numbers that nobody else has; the group may pass on to PostgreSQL's socket."""

    group: int
    public: int
    desk: int

    def becoming(self, serve: str, var: Path) -> Callable[[], None]:
        """A child's preexec_fn: from then on it is this door's user, in its view of the files."""
        user: int = getattr(self, serve)
        needed = {ROOT, var, Path(sys.base_prefix), Path(sys.base_prefix).resolve()}
        closed = {folder for path in needed if (folder := _first_closed(path))}
        inside = [path for path in needed if closed.intersection(path.parents)]
        topmost = sorted(path for path in inside if not needed.intersection(path.parents))

        def before_exec() -> None:
            if closed:
                _see_only(topmost, closed)
            os.setgroups([self.group])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)

        return before_exec

    def take_over(self, var: Path) -> None:
        """Lets the desk delete what the first start wrote, a demo's list its accounts, and where
        mails are files write some."""
        folder = (var / FIRST_SUPERVISOR_FILE).parent
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(folder, -1, self.desk)
        folder.chmod(FIRST_START)
        with suppress(FileNotFoundError):
            os.chown(var / DEMO_ACCOUNTS_FILE, self.desk, -1)
        with suppress(FileNotFoundError):
            os.chown(var / MAIL_FOLDER, self.desk, -1)


@functools.cache
def find(var: Path) -> DoorUsers:
    """This store's own, the same at every start while nobody else uses them.

    Whoever runs as the same user reads another's memory (ptrace(2)), so no two stores of a machine
    share one: not while they run, and where numbers are left not while one is stopped, either.
    Raises Problem when all are in use.
    """
    named = {user.pw_uid for user in pwd.getpwall()} | {group.gr_gid for group in grp.getgrall()}
    free = [n for n in NUMBERS if named.isdisjoint(range(n, n + 3))]
    with suppress(OSError):
        GIVEN.mkdir(mode=0o700, parents=True, exist_ok=True)
        GIVEN.parent.chmod(0o711)
    others = [n for n in free if _stopped_store(n) not in (None, var)]
    own = [n for n in free if str(n) == _text(var / MARK) and n not in others]
    ranked = dict.fromkeys([*own, *(n for n in free if n not in others), *others])
    first = next((n for n in ranked if _hold(n, var)), None)
    if first is None:
        raise Problem("All numbers for the doors' users are in use: stop another store first.")
    with suppress(FileNotFoundError):
        (var / MARK).write_text(str(first))
    return DoorUsers(first, first + 1, first + 2)


def _stopped_store(number: int) -> Path | None:
    """The store that the number was given to, unless that is gone or has another now."""
    store = Path(_text(GIVEN / str(number)) or "/nowhere")
    return store if _text(store / MARK) == str(number) else None


def _hold(number: int, var: Path) -> bool:
    """Makes the number this store's until the process ends; False where another runs with it."""
    try:
        file = os.open(GIVEN / str(number), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:  # a system that may not be written to: what runs is all there is to go by
        own = _text(var / MARK) == str(number)
        return own or _running().isdisjoint(range(number, number + 3))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return _text(GIVEN / str(number)) == str(var)  # another command on the same store
    of_this_store = os.pread(file, 4096, 0) == os.fsencode(var)
    if not of_this_store and not _running().isdisjoint(range(number, number + 3)):
        os.close(file)
        return False
    os.ftruncate(file, 0)
    os.pwrite(file, os.fsencode(var), 0)
    return True


def _running() -> set[int]:
    """Every user and group that a process of this machine has."""
    found: set[int] = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            lines = (line.split() for line in status.read_text().splitlines())
            for line in lines:
                if line and line[0] in ("Uid:", "Gid:", "Groups:"):
                    found.update(map(int, line[1:]))
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def of_root(var: Path) -> DoorUsers | None:
    """Whom root's doors run as; None for any other user, and where nobody else could run them:
    the code is open to nobody, and a container forbids views of one's own."""
    if os.geteuid() != 0:
        return None
    users = find(var)
    django = find_spec("django")
    assert django, "requirements.txt has it"
    test = 'test -x "$0" && test -x "$1" && test -r "$2" && test -r "$3"'
    files = (sys.executable, str(var), str(ROOT / "manage.py"), str(django.origin))
    try:
        result = subprocess.run(
            ["/bin/sh", "-c", test, *files],
            preexec_fn=users.becoming("public", var),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.SubprocessError:
        return None
    return None if result.returncode else users


def _first_closed(path: Path) -> Path | None:
    """The topmost folder above that others may not pass through."""
    above = reversed(path.parents)
    return next((folder for folder in above if not folder.stat().st_mode & 0o001), None)


def _see_only(paths: Iterable[Path], closed: Iterable[Path]) -> None:
    """Covers the closed folders, and puts back of them what lies at these paths."""
    if _libc.unshare(CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "unshare")
    _mount(None, "/", None, MS_REC | MS_PRIVATE)
    held = {path: os.open(path, os.O_PATH) for path in paths}
    for folder in closed:
        _mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0711,size=1m")
    os.umask(0o022)
    for path, descriptor in held.items():
        path.mkdir(parents=True, exist_ok=True)
        _mount(f"/proc/self/fd/{descriptor}", path, None, MS_BIND | MS_REC)
        os.close(descriptor)
    os.umask(0o077)
    os.chdir(ROOT)


def _mount(
    source: str | None, target: str | Path, kind: str | None, flags: int, options: str = ""
) -> None:
    words = [source, str(target), kind]
    source_, target_, kind_ = (word and os.fsencode(word) for word in words)
    if _libc.mount(source_, target_, kind_, ctypes.c_ulong(flags), options.encode()):
        raise OSError(ctypes.get_errno(), "mount")
