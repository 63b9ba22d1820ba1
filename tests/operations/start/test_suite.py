"""./run test: what it leaves when it is ended from outside."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from slu_antitrafficking.start.dev import suite
from slu_antitrafficking.start.options import ROOT
from slu_antitrafficking.start.postgres.data_folder import ELSEWHERE, IN_VAR, MARK
from slu_antitrafficking.start.processes import tied_to_us
from tests.audit import bare_machine
from tests.running import until


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a name so short that a suite's sockets fit into it. It is closed to root's
    database's user, whose data so lie elsewhere."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


def commands(folder: Path) -> list[str]:
    """The command of every process whose environment names something in this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"={folder}/".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # it ended meanwhile, or is somebody else's
    return found


NODE = """#!/bin/sh
echo "node: error while loading shared libraries: libatomic.so.1: cannot open it" >&2
exit 127
"""


def test_a_browser_s_driver_that_does_not_start_is_named_before_the_tests(tmp_path: Path) -> None:
    node = tmp_path / "playwright" / "driver" / "node"
    node.parent.mkdir(parents=True)
    node.write_text(NODE)
    node.chmod(0o755)
    (tmp_path / "playwright" / "__init__.py").touch()
    asked = subprocess.run(
        ["./run", "test"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert asked.returncode == 1
    assert asked.stdout == (
        "Playwright's node does not start: node: error while loading shared libraries: "
        "libatomic.so.1: cannot open it\n"
    )


def test_what_a_shell_says_of_bytecode_is_not_for_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth of what each of its many Pythons does until it is ready is compiling the same."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in suite.neutral_environment()


def test_the_audit_says_where_it_may_not_build_a_bare_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert bare_machine.why_not() == "Only root on Debian may build a bare machine."


@pytest.mark.audit
def test_a_killed_suite_leaves_nothing_running_and_the_next_one_tidies_up(short: Path) -> None:
    at_work = short / "at-work"
    ours = {name: os.environ[name] for name in os.environ if not name.startswith("PYTEST")}
    environment = ours | {"AT_WORK": str(at_work), "TMPDIR": str(short)}
    run = subprocess.Popen(
        ["./run", "test", "-n", "1", "tests/operations/start/hanging.py"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        preexec_fn=tied_to_us(),
    )
    until(at_work.exists, 120, "the hanging test")
    running = commands(short)
    for program in ("postgres", "gunicorn", "chromium", "pytest"):
        assert any(program in command for command in running), program
    marks = [mark.read_text() for mark in short.glob(f"**/{MARK}")]
    assert len(marks) >= 2  # the suite's own, and the site's
    stores = [ELSEWHERE / mark for mark in marks if mark != IN_VAR]
    assert len(stores) == (2 if os.geteuid() == 0 else 0)
    run.kill()
    run.wait()
    until(lambda: not commands(short), 30)
    assert list(short.glob("know-the-signs-suite-*"))
    subprocess.run(["./run", "test", "--version"], cwd=ROOT, env=environment, check=True)
    assert [file.name for file in short.iterdir()] == ["at-work"]
    assert not [data for data in stores if data.exists()]
