"""Styles and pictures of a page that was opened before an upgrade."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import Settings
from django.test import Client

from slu_antitrafficking.start.options import ROOT

SHEET = "site/site.0123456789ab.css"
FOUND = "from slu_antitrafficking import settings; print(*settings.OTHER_STATIC_ROOTS)"


def test_a_file_of_another_release_is_served(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / SHEET).parent.mkdir()
    (tmp_path / SHEET).write_text("a{color:red}")
    assert Client().get(f"/static/{SHEET}").status_code == 404
    settings.OTHER_STATIC_ROOTS = [tmp_path]
    answer = Client().get(f"/static/{SHEET}")
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"a{color:red}")
    assert "max-age=31536000" in answer["Cache-Control"]


def test_a_release_that_was_deleted_is_missing_and_no_fault(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / SHEET).parent.mkdir()
    (tmp_path / SHEET).write_text("a{color:red}")
    settings.OTHER_STATIC_ROOTS = [tmp_path]
    visitor = Client()
    (tmp_path / SHEET).unlink()
    assert visitor.get(f"/static/{SHEET}").status_code == 404


def test_a_release_knows_those_beside_it(tmp_path: Path) -> None:
    code = tmp_path / "0.9.1" / "slu_antitrafficking"
    shutil.copytree(ROOT / code.name, code, ignore=shutil.ignore_patterns("__pycache__"))
    older = tmp_path / "0.9.0" / "collected"

    def found() -> str:
        environment = os.environ | {"SERVE": "public", "SECRET_KEY": "nobody's"}
        command = [sys.executable, "-c", FOUND]
        return subprocess.check_output(command, cwd=code.parent, env=environment, text=True)

    older.mkdir(parents=True)
    assert found() == "\n"  # sources that are run where they lie, beside whatever
    (code.parent / "collected").mkdir()
    assert found() == f"{older}\n"
