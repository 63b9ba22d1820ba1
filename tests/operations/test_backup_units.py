"""What systemd is told of backups."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from slu_antitrafficking.start.options import ROOT

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
