"""Root's doors run as users of their own: what each of them can reach of the other and of root."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from slu_antitrafficking.start import door_users
from slu_antitrafficking.start.door_users import AS_ROOT
from slu_antitrafficking.start.options import ROOT
from slu_antitrafficking.start.processes import tied_to_us
from tests.running import RunningSite

DOORS = ("public", "desk")
ROOT_ALONE = pytest.mark.skipif(os.geteuid() != 0, reason="only root's doors are other users")


@pytest.fixture
def apart(site: RunningSite) -> RunningSite:
    """The site, with doors that run as users of their own."""
    if not site.doors_are_apart:
        pytest.skip(f"Not on this system: {AS_ROOT}")
    return site


def users(number: int) -> set[int]:
    """The real, effective, saved and file system's user of a process."""
    line = Path(f"/proc/{number}/status").read_text().split("Uid:")[1].splitlines()[0]
    return {int(user) for user in line.split()}


def family(number: int) -> list[int]:
    """A gunicorn and its workers."""
    children = Path(f"/proc/{number}/task/{number}/children").read_text()
    return [number, *map(int, children.split())]


def as_door(site: RunningSite, serve: str, code: str, *arguments: object) -> str:
    """What these lines of Python print as the user of this door, in its view of the files."""
    become = door_users.find(site.var).becoming(serve, site.var)
    tie = tied_to_us()
    result = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        preexec_fn=lambda: (become(), tie()),
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout


READ = """
import os, sys
for name in sys.argv[1:]:
    try:
        os.listdir(name) if os.path.isdir(name) else open(name, "rb").read(1)
    except OSError:
        continue
    print(name)
"""


def test_another_user_s_doors_run_as_that_user_and_root_s_as_two_others(site: RunningSite) -> None:
    found = [{user for n in family(site.gunicorn(serve)) for user in users(n)} for serve in DOORS]
    public, desk = found
    assert len(public) == len(desk) == 1
    if site.doors_are_apart:
        postgres = users(site.postgres())
        assert not public & desk
        assert not {0, *postgres} & (public | desk)
    else:  # as root only where the start said so
        assert public == desk == {os.geteuid()}


@ROOT_ALONE
@pytest.mark.parametrize(("serve", "other"), [DOORS, DOORS[::-1]])
def test_a_door_reads_nothing_of_the_other_s_and_nothing_of_root_s(
    apart: RunningSite, serve: str, other: str
) -> None:
    assert apart.process
    secrets = [
        *(apart.var / name for name in ("secrets.json", "log", "lock", "first-start", "postgres")),
        *apart.first_start.iterdir(),
        *(apart.var / "log").iterdir(),
        apart.var / "postgres/data",
        *(
            f"/proc/{number}/{file}"
            for number in (*family(apart.gunicorn(other)), apart.process.pid)
            for file in ("environ", "mem", "fd", "cwd")
        ),
        "/root",
    ]
    # As root all of it can be read.
    everything = subprocess.run(
        [sys.executable, "-c", READ, *map(str, secrets)], capture_output=True, text=True, check=True
    )
    assert len(everything.stdout.splitlines()) > len(secrets) / 2
    assert as_door(apart, serve, READ, *secrets) == ""


@ROOT_ALONE
def test_the_desk_may_delete_what_the_first_start_wrote_and_the_public_door_only_see_it(
    apart: RunningSite,
) -> None:
    file = apart.first_start / "for-a-test.txt"
    file.write_text("secret")
    file.chmod(0o600)
    assert as_door(apart, "public", "import os, sys; print(os.path.exists(sys.argv[1]))", file)
    with pytest.raises(subprocess.CalledProcessError):
        as_door(apart, "public", "import os, sys; os.unlink(sys.argv[1])", file)
    assert file.exists()
    as_door(apart, "desk", "import os, sys; os.unlink(sys.argv[1])", file)
    assert not file.exists()


def found(var: Path) -> int:
    """Which number a starter of its own would run the desk's door as."""
    code = "import sys; from pathlib import Path; from slu_antitrafficking.start import door_users;"
    code += "print(door_users.find(Path(sys.argv[1])).desk)"
    command = [sys.executable, "-c", code, str(var)]
    return int(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)


@ROOT_ALONE
def test_no_two_stores_run_as_the_same_users_and_each_keeps_its_own(
    apart: RunningSite, tmp_path: Path
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    (running,) = {user for n in family(apart.gunicorn("desk")) for user in users(n)}
    assert found(apart.var) == running
    first, second = found(one), found(other)
    assert len({running, first, second}) == 3
    assert (found(one), found(other)) == (first, second)
    copy = tmp_path / "copy"
    shutil.copytree(one, copy)
    assert found(copy) not in (running, first, second)


@ROOT_ALONE
def test_numbers_that_any_process_runs_as_are_skipped(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    number = found(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / door_users.MARK).unlink()
    sleeper = subprocess.Popen(["sleep", "60"], user=number, preexec_fn=tied_to_us())
    try:
        assert found(other) != number
    finally:
        sleeper.kill()
        sleeper.wait()


@ROOT_ALONE
def test_where_no_list_of_stores_can_be_kept_a_store_keeps_its_own_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_users, "GIVEN", Path("/proc/nothing"))
    users = door_users.find(tmp_path)
    door_users.find.cache_clear()
    assert door_users.find(tmp_path) == users
    assert not {users.public, users.desk} & door_users._running()


@ROOT_ALONE
def test_doors_that_cannot_be_other_users_run_as_root(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert door_users.of_root(tmp_path.parent / "nothing") is None
    assert door_users.of_root(closed) is None
