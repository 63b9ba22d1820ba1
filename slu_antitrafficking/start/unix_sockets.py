"""The doors' unix sockets, for a proxy on this machine: who may connect decides the file system."""

import grp
import os
import socket
import stat
import time
from pathlib import Path

from slu_antitrafficking.start.console import Problem

LONGEST = 107  # bytes of a path: sun_path of sockaddr_un has 108, with a zero (unix(7))
NAMES = {"public": "public.sock", "desk": "desk.sock"}
PROXIES = ("www-data", "nginx")  # the group of a packaged nginx


def fit(folder: Path) -> bool:
    """Whether the system takes the names of sockets in this folder."""
    return all(len(os.fsencode(folder / name)) <= LONGEST for name in NAMES.values())


def make_folder(folder: Path) -> None:
    """Makes $VAR's own: root's is open to the proxy's group, another user's to that user alone."""
    folder.mkdir(mode=0o700, exist_ok=True)
    groups = {group.gr_name: group.gr_gid for group in grp.getgrall()}
    proxy = next((groups[name] for name in PROXIES if name in groups), None)
    if os.geteuid() == 0 and proxy is not None:
        os.chown(folder, -1, proxy)
        folder.chmod(0o710)
    else:
        folder.chmod(0o700)


def listen(folder: Path, serve: str, patience: float) -> socket.socket:
    """A socket that outlives every gunicorn behind it, for its owner and the folder's group.

    What a killed starter left is replaced. Raises Problem when something else is in its place, or
    listens there after `patience` seconds.
    """
    path = folder / NAMES[serve]
    _clear(path, patience)
    door = socket.socket(socket.AF_UNIX)
    try:
        door.bind(os.fspath(path))  # for the owner alone: the starter's umask
        os.chown(path, -1, folder.stat().st_gid)
        path.chmod(0o660)
        door.listen(512)
    except OSError:
        door.close()
        raise
    return door


def remove(folder: Path) -> None:
    """Takes the names away once nobody listens any more."""
    for name in NAMES.values():
        (folder / name).unlink(missing_ok=True)


def _clear(path: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            return
        if not stat.S_ISSOCK(mode):
            raise Problem(f"{path} is no socket: move it away.")
        if not _is_listened_to(path):
            path.unlink()
            return
        if time.monotonic() > deadline:
            raise Problem(
                f"{path} is taken by another program: set RUNTIME_DIRECTORY to another folder."
            )
        time.sleep(0.1)


def _is_listened_to(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        try:
            probe.connect(os.fspath(path))
        except BlockingIOError:
            return True  # its queue is full
        except ConnectionRefusedError:
            return False
        return True
