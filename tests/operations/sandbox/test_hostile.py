"""A broken decoder under `./run run`: what it tries, first without the filter and then with it."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from slu_antitrafficking.start.options import ROOT
from tests.operations.sandbox.attempts import ATTEMPTS
from tests.running import RunningSite

NOBODY = 65534
# What `./run run` may be started as. Who is not root plays it as who they are.
USERS = {"root": 0, "a user": NOBODY} if os.geteuid() == 0 else {"this user": 0}
Outcomes = dict[str, str]


@pytest.fixture(scope="module", params=USERS)
def played(request: pytest.FixtureRequest, _site: RunningSite) -> tuple[Outcomes, Outcomes]:
    """What became of each attempt in a free worker, and in one as it is."""
    site, user = _site.start(), USERS[request.param]
    return play(site, user, "free"), play(site, user)


def play(site: RunningSite, user: int, *switches: str) -> Outcomes:
    """A door like the public one asks the sandbox to clean the attempts."""
    door = workers(site, "public")[0]
    environment = Path(f"/proc/{door}/environ").read_text().rstrip("\0").split("\0")
    with targets(site, user) as there_is:
        result = subprocess.run(
            [sys.executable, "-m", "tests.operations.sandbox.door"],
            env=dict(line.split("=", 1) for line in environment),
            cwd=ROOT,
            input=json.dumps({"user": user, "switches": switches, "targets": there_is}),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    outcomes: Outcomes = json.loads(result.stdout)
    return outcomes


@contextmanager
def targets(site: RunningSite, user: int) -> Iterator[dict[str, Any]]:
    """What the doors' user can reach; for a user who is not the doors' the like of it."""
    files = [site.var / "secrets.json", site.first_start / "first-supervisor.txt"]
    database = site.var / "postgres" / "s" / ".s.PGSQL.5432"
    with TemporaryDirectory() as name, socket.socket(socket.AF_UNIX) as listening:
        folder = Path(name)
        (folder / "there").write_text("x")
        if user:
            files = [Path(shutil.copy(file, folder)) for file in files]
            database = folder / "s"
            listening.bind(str(database))
            listening.listen()
            for path in (folder, *folder.iterdir()):
                os.chown(path, user, user)
        yield {
            "files": [str(file) for file in files],
            "folder": name,
            "processes": [] if user else [*workers(site, "public"), *workers(site, "desk")],
            "sockets": [str(database)],
            "ports": [site.port, site.desk_port],
        }


def workers(site: RunningSite, serve: str) -> list[int]:
    """The workers of a door."""
    master = site.gunicorn(serve)
    return [int(n) for n in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def harmless(name: str) -> bool:
    """Whether it is refused and no more."""
    return not ATTEMPTS[name].deadly


@pytest.mark.parametrize("what", ["refused", "killed"])
def test_what_a_broken_decoder_tries_succeeds_without_the_filter_and_fails_with_it(
    played: tuple[Outcomes, Outcomes], what: str
) -> None:
    free, real = played
    wanted: Callable[[str], bool] = harmless if what == "refused" else lambda n: not harmless(n)
    names = list(filter(wanted, free))
    assert len(names) > 15
    assert {name: free[name] for name in names} == dict.fromkeys(names, "")
    fails = {"killed"} if what == "killed" else {"EPERM", "ENOSYS"}
    assert {name: real[name] for name in names if real[name] not in fails} == {}


def test_nothing_was_left_out(played: tuple[Outcomes, Outcomes]) -> None:
    free, real = played
    as_root = os.geteuid() == 0 and len(free) == len(ATTEMPTS)
    by_anybody = {name for name, one in ATTEMPTS.items() if not one.by_root}
    assert set(free) == set(real) == (set(ATTEMPTS) if as_root else by_anybody)
