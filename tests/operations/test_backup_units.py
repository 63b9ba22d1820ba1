"""What systemd is told of backups."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from slu_antitrafficking.operations import units
from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.options import ROOT
from tests.running import until

UNITS = ROOT / "deploy" / "systemd"


@pytest.mark.parametrize("name", ["kts-backup", "kts-push", "kts-drill"])
def test_its_walls_score_1_5_or_less(name: str, tmp_path: Path) -> None:
    """The unit with the files that are added to it, as one: an offline look reads no others."""
    added = [UNITS / "kts-.service.d" / "10-closed.conf", *(UNITS / f"{name}.service.d").glob("*")]
    text = "\n".join(file.read_text() for file in (UNITS / f"{name}.service", *added))
    (tmp_path / f"{name}.service").write_text(text)
    analyze = shutil.which("systemd-analyze")
    assert analyze, "apt-get install systemd"
    said = subprocess.run(
        [analyze, "security", "--offline=true", str(tmp_path / f"{name}.service")],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    score = re.search(r"Overall exposure level for .*: ([\d.]+)", said)
    assert score, said
    assert float(score[1]) <= 1.5, said


@pytest.mark.parametrize("name", ["kts-backup", "kts-push", "kts-drill"])
def test_its_end_takes_no_shared_memory_from_postgresql_s_user(name: str) -> None:
    """systemd ends all of a user's with the last unit that runs as that user: Debian's cluster does
    not count, for it becomes postgres by itself."""
    files = [
        UNITS / f"{name}.service",
        *UNITS.glob("kts-.service.d/*"),
        *UNITS.glob(f"{name}.*.d/*"),
    ]
    lines = [line for file in files for line in file.read_text().splitlines()]
    assert "User=postgres" in lines
    assert "RemoveIPC=yes" not in lines


def test_where_nothing_is_at_work_nothing_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a restore somebody may have stopped everything by hand."""
    # As systemd's own, it complains where it is given no name.
    (tmp_path / "systemctl").write_text("#!/bin/sh\n[ $1 = list-units ] || [ $# -gt 1 ]\n")
    (tmp_path / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with units.all_stopped():
        pass


def test_what_was_stopped_for_a_restore_is_started_again_also_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    lines = f'echo "$@" >> {asked}\n[ $1 != list-units ] || echo "kts-mail.service loaded active"'
    (tmp_path / "systemctl").write_text(f"#!/bin/sh\n{lines}\n")
    (tmp_path / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(Problem, match="stop kts-mail"), units.all_stopped():
        raise Problem(asked.read_text())
    assert asked.read_text().splitlines()[1:] == ["stop kts-mail.service", "start kts-mail.service"]


def test_what_was_stopped_for_a_restore_that_is_killed_is_started_again(tmp_path: Path) -> None:
    """By kill -9 of all that it started in its session, as a terminal's end or the kernel may."""
    asked, stopped = tmp_path / "asked", tmp_path / "stopped"
    lines = f'echo "$@" >> {asked}\n[ $1 != list-units ] || echo "kts-mail.service loaded active"'
    (tmp_path / "systemctl").write_text(f"#!/bin/sh\n{lines}\n")
    (tmp_path / "systemctl").chmod(0o755)
    program = (
        "import sys; from pathlib import Path; from slu_antitrafficking.operations import units\n"
        "with units.all_stopped():\n"
        "    Path(sys.argv[1]).touch()\n"
        "    sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, stopped],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    until(stopped.exists)
    assert asked.read_text().splitlines()[1:] == ["stop kts-mail.service"]
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    until(lambda: "start kts-mail.service" in asked.read_text())


def test_what_does_not_start_again_is_said_with_the_line_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = '[ $1 != list-units ] || echo "kts-mail.service loaded active"; [ $1 != start ]'
    (tmp_path / "systemctl").write_text(f"#!/bin/sh\n{lines}\n")
    (tmp_path / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(Problem, match=r"systemctl start kts-mail\.service"), units.all_stopped():
        pass
