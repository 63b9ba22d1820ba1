"""Each colour of `./run doctor` that this machine's own programs, or their answers, can give."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from slu_antitrafficking.operations import doctor, server
from slu_antitrafficking.start.options import Options

Says = Callable[..., None]


@pytest.fixture
def says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Says:
    """says(program, text): what a program of the system prints from here on."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)

    def put(program: str, text: str, code: int = 0) -> None:
        script = programs / program
        script.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit {code}\n")
        script.chmod(0o755)

    return put


def lines_of_backups(folder: Path, *, installed: bool) -> dict[str, str]:
    """The states, by name."""
    options = Options(folder, 0, 0, "", "", "", backup_folder=str(folder))
    return {line.name: line.state for line in doctor._backups(options, installed)}


def note(folder: Path, name: str, age: timedelta) -> None:
    """As ./run backup, push and drill note it."""
    at = {"at": (datetime.now(UTC) - age).isoformat()}
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps({"dump": at} if name == "backup" else at))


@pytest.mark.parametrize(
    ("name", "line", "age", "state"),
    [
        ("backup", "Backup", timedelta(hours=25), "ok"),
        ("backup", "Backup", timedelta(hours=27), "bad"),
        ("push", "Backup off the machine", timedelta(hours=25), "ok"),
        ("push", "Backup off the machine", timedelta(hours=27), "bad"),
        ("drill", "Drill of this month", timedelta(days=34), "ok"),
        ("drill", "Drill of this month", timedelta(days=36), "warn"),
        ("drill", "Drill of this month", timedelta(days=71), "bad"),
    ],
)
def test_the_age_of_what_runs_by_itself(
    name: str, line: str, age: timedelta, state: str, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(server, "SPOOL", tmp_path / "spool")
    note(tmp_path / "spool", name, age)
    found = lines_of_backups(tmp_path, installed=True)
    assert found.pop(line) == state
    assert set(found.values()) == {"bad"}, "what was never done"


def test_on_a_trial_no_backup_is_red(tmp_path: Path) -> None:
    note(tmp_path / "backups", "backup", timedelta(days=99))
    assert set(lines_of_backups(tmp_path, installed=False).values()) == {"warn"}


@pytest.mark.parametrize(("days", "state"), [(170, "ok"), (190, "warn"), (410, "bad")])
def test_the_age_of_the_release(days: int, state: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    day = date.today() - timedelta(days=days)
    (tmp_path / "CHANGELOG.md").write_text(f"# What changed\n\n## 0.9.0 ({day})\n\n- It began.\n")
    assert doctor._release() == (state, "Release", f"0.9.0 of {day}")


@pytest.mark.parametrize(("said", "state"), [("yes", "ok"), ("no", "warn"), ("", "-")])
def test_who_sets_the_clock(said: str, state: str, says: Says) -> None:
    says("timedatectl", said, code=0 if said else 1)
    assert doctor._clock().state == state


def test_a_service_that_failed_is_named(says: Says) -> None:
    says("systemctl", "kts-mail.service loaded failed failed Know the Signs, mail")
    assert doctor._units() == ("bad", "Services", "failed: kts-mail.service")
    says("systemctl", "")
    assert doctor._units().state == "ok"


@pytest.mark.parametrize(("days", "state"), [(60, "ok"), (10, "warn"), (3, "bad"), (0, "bad")])
def test_the_days_of_the_certificate(days: int, state: str, tmp_path: Path, monkeypatch) -> None:
    key, certificate = tmp_path / "key", tmp_path / "site.pem"
    if days:
        made = ["-keyout", key, "-out", certificate, "-days", str(days), "-subj", "/CN=site"]
        make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        subprocess.run([*make, "-noenc", *made], check=True, capture_output=True)
    (tmp_path / "nginx.conf").write_text(f"    ssl_certificate {certificate};\n")
    monkeypatch.setattr(doctor, "NGINX", tmp_path / "nginx.conf")
    assert doctor._certificate().state == state


@pytest.mark.parametrize(
    ("days", "waiting", "state"),
    [
        (
            1,
            "Inst openssl [3.0.17-1] (3.0.17-2 Debian-Security:12/stable-security [amd64])",
            "warn",
        ),
        (1, "Inst tzdata [2025a] (2025b Debian:12.11/stable [all])", "ok"),
        (8, "", "warn"),
        (None, "", "warn"),
    ],
)
def test_debian_s_updates(
    days: int | None, waiting: str, state: str, says: Says, tmp_path: Path, monkeypatch
) -> None:
    """Whose lists nobody fetches no update waits, as far as anybody knows."""
    says("apt-get", waiting)
    lists = tmp_path / "lists"
    monkeypatch.setattr(doctor, "LISTS", lists)
    if days is not None:
        lists.mkdir()
        then = time.time() - days * 86_400
        os.utime(lists, (then, then))
    assert doctor._updates().state == state


def test_a_database_that_cannot_be_asked_is_red(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("VAR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    (line,) = doctor._database()
    assert (line.state, line.name) == ("bad", "Database")
