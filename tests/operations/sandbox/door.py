"""A stand-in for a door: asks the sandbox for photos that are hostile, and says what became of it.

Run as a process of its own, with a real door's environment: stdin has the job as JSON, stdout gets
{name: "" or why not or "killed"}.
"""

import ctypes
import json
import os
import signal
import sys
import time
from pathlib import Path

from slu_antitrafficking import sandbox
from tests.operations.sandbox.attempts import ATTEMPTS
from tests.operations.sandbox.attempts.attempt import SECRET, Targets

AROUND = Path(__file__).with_name("around.py")


def victim(user: int) -> tuple[int, int]:
    """A process of this user that has SECRET: its number, and the address."""
    secret = ctypes.create_string_buffer(SECRET)
    told, tell = os.pipe()
    if child := os.fork():
        os.close(tell)
        assert os.read(told, 1)
        return child, ctypes.addressof(secret)
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    libc = ctypes.CDLL(None)
    libc.prctl(1, int(signal.SIGKILL), 0, 0, 0)
    libc.prctl(4, 1, 0, 0, 0)  # as one is that changed no user
    libc.prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)  # Yama lets everybody trace it
    os.write(tell, b"x")
    while True:
        time.sleep(60)


def outcomes(names: list[str], targets: Targets, *switches: str) -> dict[str, str]:
    """What became of these, all in one worker; of the one that killed it, that."""
    photo = json.dumps({"attempts": names, "targets": targets}).encode()
    answer = sandbox.ask([photo], str(sandbox.CHILD), "hostile", *switches, child=AROUND)
    for frame in sandbox.frames(answer):
        return dict(json.loads(frame))
    return dict.fromkeys(names, "killed")


def main() -> None:
    """Harmless ones together, for the filter refuses them; deadly ones each in its own worker."""
    job = json.load(sys.stdin)
    user: int = job["user"]
    process, address = victim(user)
    parent = [] if user else [os.getpid()]
    targets: Targets = job["targets"] | {
        "address": address,
        "processes": [process, *parent, *job["targets"]["processes"]],
    }
    who = [f"user={user}"] if user else []
    nobody = user or os.geteuid()
    tried = {name: one for name, one in ATTEMPTS.items() if not (nobody and one.by_root)}
    alone = [[name] for name, one in tried.items() if one.deadly]
    together = [name for name, one in tried.items() if not one.deadly]
    result: dict[str, str] = {}
    for names in (together, *alone):
        result |= outcomes(names, targets, *job["switches"], *who)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
