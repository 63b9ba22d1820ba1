"""What a program behind walls sees and reaches: its own folder, and of ours nothing."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from slu_antitrafficking.operations import scratch
from slu_antitrafficking.operations.walls import ENVIRONMENT, Walls
from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.options import ROOT
from tests.running import until

LONG = f"9{secrets.randbelow(10**8):08}"  # seconds that nobody else sleeps
SLEEPER = f"""
import sys
from slu_antitrafficking.operations import scratch
from slu_antitrafficking.operations.walls import Walls
with scratch.store() as state:
    walls = Walls(state)
    walls.make()
    walls.start(["sh", "-c", "sleep {LONG} & touch /scratch/asleep; sleep {LONG}"])
    print(state.var, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def walls() -> Iterator[Walls]:
    with scratch.store() as state:
        made = Walls(state)
        made.make()
        yield made


def said(walls: Walls, script: str) -> str:
    result = walls.run(["sh", "-c", f"{script} 2>&1"])
    return result.stdout.decode()


def test_it_reads_nothing_of_ours_and_writes_its_folder_alone(walls: Walls, tmp_path: Path) -> None:
    for secret in (ROOT / "manage.py", Path("/etc/hostname"), walls.state.var / "secrets.json"):
        assert secret.exists()
        assert "No such file" in said(walls, f"cat {secret}")
    assert "No such file" in said(walls, "ls /proc/1 /run /var /home /root")
    for place in ("/usr/bin/x", "/etc/x", "/x", "/dev/x"):
        assert "cannot touch" in said(walls, f"touch {place}")
    assert said(walls, "echo mine > /scratch/x; cat /scratch/x") == "mine\n"


def test_it_is_there_wherever_it_was_installed(walls: Walls, tmp_path: Path, monkeypatch) -> None:
    program = tmp_path / "bin" / "postgres"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho here\n")
    for path, mode in ((program, 0o755), (tmp_path, 0o711), (tmp_path.parent, 0o711)):
        path.chmod(mode)
    assert tmp_path.is_relative_to("/tmp")  # which is another one behind walls
    monkeypatch.setenv("PG_BIN", str(program.parent))
    assert said(walls, str(program)) == "here\n"


def test_it_is_nobody_and_can_become_no_other(walls: Walls) -> None:
    user = int(said(walls, "id -u"))
    assert user == (os.geteuid() or user) != 0
    for become in (
        "unshare --user --map-root-user id",
        "unshare --mount id",
        "setpriv --reuid 0 id",
    ):
        assert walls.run(["sh", "-c", become]).returncode != 0


def test_it_reaches_no_socket(walls: Walls) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        ask = f"exec 3<>/dev/tcp/127.0.0.1/{port} && echo reached"
        reached = subprocess.run(["bash", "-c", ask], capture_output=True, check=False)
        assert reached.stdout == b"reached\n"
        assert "reached" not in said(walls, f"bash -c '{ask}'")
    assert "No such file" in said(walls, f"ls {os.environ['VAR']}/postgres")


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SLEEPER]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as us:
        assert us.stdout
        var = Path(us.stdout.readline().strip())
        until((var / "scratch" / "asleep").exists)
        until(lambda: asleep() == 2)
        us.send_signal(signal.SIGKILL)
        us.wait()
    until(lambda: not asleep())
    with scratch.store():  # what it left goes with the next
        assert not var.exists()


def test_whoever_is_ended_as_soon_as_it_is_started_leaves_nobody(walls: Walls) -> None:
    for started in range(100):
        process = walls.start(["sleep", LONG])
        time.sleep(started * 60e-6)  # over the six milliseconds in which it is led there
        walls.end(process)
    until(lambda: not asleep())


def asleep() -> int:
    found = 0
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it ended meanwhile
            found += f"sleep\0{LONG}".encode() in process.read_bytes()
    return found


@pytest.mark.parametrize("programs", [[], ["unshare"]])
def test_without_them_nothing_is_opened(
    programs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in programs:
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setitem(ENVIRONMENT, "PATH", str(tmp_path))
    with scratch.store() as state, pytest.raises(Problem, match="this system has no walls for it"):
        Walls(state).make()
