"""The real photo worker in a process in which something was changed before it began.

python around.py WORKER SWITCH…, the switches being
free      no filter is loaded
hostile   decoding runs the attempts that the photo names, and answers what became of each
user=N    as this user
imports   one frame more at the end, with what was loaded after the filter
"""

import errno
import json
import os
import runpy
import socket
import sys
from pathlib import Path
from typing import Any

from PIL import Image

sys.path.append(str(Path(__file__).parents[3]))
from slu_antitrafficking import picture_parts, seccomp
from tests.operations.sandbox.attempts import ATTEMPTS
from tests.operations.sandbox.attempts.attempt import (
    LEAKED_FILE,
    LEAKED_INET,
    LEAKED_PIPE,
    LEAKED_UNIX,
)

really_load = seccomp.load
before: set[str] = set()


def answer(result: object) -> None:
    """One frame."""
    frame = json.dumps(result).encode()
    os.write(1, len(frame).to_bytes(4, "big") + frame)


def attack(photo: Any, **_: Any) -> None:
    """[[name, ""], [name, why not], …]: whatever the photo names, tried one after the other."""
    job = json.loads(photo.read())
    results = []
    for name in job["attempts"]:
        try:
            ATTEMPTS[name].act(job["targets"])
        except OSError as error:
            results.append([name, errno.errorcode[error.errno or 0]])
        except Exception as error:  # noqa: BLE001  a failed attempt must say why
            results.append([name, repr(error)])
        else:
            results.append([name, ""])
    answer(results)
    os._exit(0)


def leave_open() -> None:
    """What a worker would find if what starts it forgot to close it."""
    for number, opened in (
        (LEAKED_FILE, os.open("/etc/passwd", os.O_RDONLY)),
        (LEAKED_PIPE, os.pipe()[1]),
        (LEAKED_UNIX, socket.socket(socket.AF_UNIX).detach()),
        (LEAKED_INET, socket.socket(socket.AF_INET).detach()),
    ):
        os.dup2(opened, number)


def become(user: int) -> None:
    """Nobody special."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def load() -> str:
    """The real filter unless it is off. A user who could not read Python's files is become here."""
    before.update(sys.modules)
    for switch in switches:
        if switch.startswith("user="):
            become(int(switch.removeprefix("user=")))
    return "" if "free" in switches else really_load()


worker, *switches = sys.argv[1:]
sys.argv = [worker]
seccomp.load = load
if "hostile" in switches:
    leave_open()
    picture_parts.parts = lambda raw: picture_parts.Parts("JPEG", raw)
    Image.open = attack  # type: ignore[assignment]
runpy.run_path(worker, run_name="__main__")
if "imports" in switches:
    answer(sorted(set(sys.modules) - before))
