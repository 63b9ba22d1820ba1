"""A stranger's first hour on a bare Debian 12, as root and as a normal user.

It takes half an hour: ./run audit tests/audit/test_bare_machine.py plays it alone.
"""

import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from slu_antitrafficking.start import door_users
from slu_antitrafficking.start.console import step
from slu_antitrafficking.start.state import Lock, abandoned
from tests.audit import bare_machine
from tests.audit.bare_machine import SERVES, USER, BareMachine
from tests.running import free_port

pytestmark = pytest.mark.audit
FOLDER = Path("/var/tmp")  # /tmp may be mounted without devices
PREFIX = "know-the-signs-bare-"


@pytest.fixture(scope="module")
def built() -> Iterator[Path]:
    if why := bare_machine.why_not():
        pytest.skip(f"NOT PLAYED: {why}")
    for old in abandoned(FOLDER, PREFIX):
        shutil.rmtree(old)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=FOLDER))
    lock = Lock(folder).take_or_refuse("audit")
    with step("A bare Debian 12"):
        bare_machine.build(folder / "bare")
    yield folder
    shutil.rmtree(folder)
    lock.release()


@pytest.fixture
def machine(built: Path) -> Iterator[BareMachine]:
    """A bare machine that nothing has been done to."""
    root = built / "machine"
    subprocess.run(["cp", "--archive", built / "bare", root], check=True)
    yield BareMachine(root)
    shutil.rmtree(root)


def serves(machine: BareMachine, user: str) -> None:
    port, desk_port = free_port(), free_port()
    line = f"PORT={port} DESK_PORT={desk_port} ./run run"
    with step(f"./run run as {user}"), machine.serving(user, line) as said:
        assert SERVES in said, said
        for address in (f"{port}/", f"{desk_port}/desk/"):
            with urllib.request.urlopen(f"http://127.0.0.1:{address}") as answer:
                assert answer.status == 200
        users = machine.users_of_doors()
        print(f"Its doors run as {users}.")
        if user == "root" and door_users.AS_ROOT not in said:
            assert len(users - {0}) == 2, said
        else:
            assert len(users) == 1, said


def build_of_python(machine: BareMachine) -> str:
    _code, said = machine.call("root", "python3 -VV")
    return said.strip()


def passes(machine: BareMachine, user: str) -> None:
    with step(f"./run test as {user}"):
        code, said = machine.call(user, "./run test")
    assert code == 0, said
    print(said.splitlines()[-1])


def test_root_s_first_command_may_be_the_site_s(machine: BareMachine) -> None:
    machine.clone("root")
    serves(machine, "root")


def test_root_s_first_command_may_be_the_tests(machine: BareMachine) -> None:
    """The packages that they need may bring a newer build of the very Python that runs."""
    machine.clone("root")
    before = build_of_python(machine)
    passes(machine, "root")
    print(f"{before} became {build_of_python(machine)}")
    serves(machine, "root")


def test_a_user_pastes_one_line_and_then_all_is_as_for_root(machine: BareMachine) -> None:
    machine.clone(USER)
    code, said = machine.call(USER, "./run run")
    assert code == 1
    assert said.startswith("This machine lacks python3")
    line = said.splitlines()[-1]
    assert machine.call(USER, "./run test")[1].splitlines()[-1].split() == line.split()
    assert not (machine.root / f"home/{USER}/site/.venv").exists()
    assert line.startswith("sudo apt-get update && sudo apt-get install ")
    code, said = machine.call("root", line.replace("sudo ", ""))  # the bare machine has no sudo
    assert code == 0, said
    serves(machine, USER)
    passes(machine, USER)
