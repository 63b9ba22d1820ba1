"""What docs/operations.md has the other machine do with backups, by its own clock."""

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from slu_antitrafficking.start.options import ROOT

PAPER = (ROOT / "docs/operations.md").read_text()
DAY = 86_400


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """With the lines of the paper typed there, its folders beside ours."""
    (lines,) = re.findall(r"^```sh\n([^`]*/etc/cron.daily/kts-backups[^`]*)^```", PAPER, re.M)
    for folder in ("etc/cron.daily", "srv/kts-backups/in"):
        (tmp_path / folder).mkdir(parents=True)
    typed = re.sub(r"(?<=\s)/(?=etc/|srv/)", f"{tmp_path}/", lines)
    subprocess.run(["sh", "-eu", "-c", typed], check=True)
    return tmp_path


def lies_there(machine: Path, name: str, days: float) -> Path:
    file = machine / "srv/kts-backups/in" / name
    file.write_bytes(b"sealed")
    os.utime(file, (time.time() - days * DAY,) * 2)
    return file


def night(machine: Path) -> None:
    subprocess.run(["run-parts", "--exit-on-error", machine / "etc/cron.daily"], check=True)


def test_what_is_older_than_35_days_goes_while_new_ones_arrive(machine: Path) -> None:
    old, log = lies_there(machine, "a.dump.age", 37), lies_there(machine, "b.wal.age", 37)
    kept, new = lies_there(machine, "c.base.age", 34), lies_there(machine, "d.dump.age", 0)
    night(machine)
    assert [file.exists() for file in (old, log, kept, new)] == [False, False, True, True]


def test_where_no_new_one_arrives_the_old_ones_stay(machine: Path) -> None:
    """Else 35 days of silence would end in no backup at all; the log alone is none."""
    old = lies_there(machine, "a.dump.age", 37)
    lies_there(machine, "b.wal.age", 0)
    night(machine)
    assert old.exists()
