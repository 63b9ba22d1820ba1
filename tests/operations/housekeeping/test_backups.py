"""What the start page says of backups."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from slu_antitrafficking.operations import doctor, server
from slu_antitrafficking.start.options import Options
from tips import condition
from tips.access.recovery import FirstAccess
from tips.crypto import backup_keys, recovery_sheets, sealing
from tips.housekeeping import backups
from tips.models import LAST_BACKUP, LAST_DRILL, SelfCheck, Upkeep


@pytest.fixture
def folder(settings: Any, tmp_path: Path, first: FirstAccess) -> Path:
    """Of a server on which backups are set up, sealed to this desk's sheets."""
    settings.BACKUP_FOLDER = str(tmp_path)
    settings.BACKUP_RECIPIENT_FILE = str(tmp_path / "recipient")
    secret = recovery_sheets.join(*first.sheets[:2])
    recipient = backup_keys.recipient(sealing.backup_recipient(secret))
    (tmp_path / "recipient").write_text(f"{recipient}\n")
    note(tmp_path, "backup", dump=timedelta(hours=3))
    for name, age in (("drill", timedelta(days=3)), ("push", timedelta(minutes=1))):
        (tmp_path / f"{name}.json").write_text(json.dumps({"at": ago(age)}))
    return tmp_path


def ago(age: timedelta) -> str:
    return (timezone.now() - age).isoformat()


def note(folder: Path, name: str, **ages: timedelta) -> None:
    """As ./run backup notes it."""
    when = {kind: {"at": ago(age)} for kind, age in ages.items()}
    (folder / f"{name}.json").write_text(json.dumps(when))


def said() -> list[str]:
    backups.every_minute()
    rows = Upkeep.objects.exclude(problem="").order_by("name")
    return list(rows.values_list("problem", flat=True))


def test_what_is_in_order_is_dated_and_not_red(folder: Path) -> None:
    assert said() == []
    dates = Upkeep.objects.in_bulk(["Last backup", "Monthly drill"])
    hours = {
        name: round((timezone.now() - row.done_at) / timedelta(hours=1))
        for name, row in dates.items()
        if row.done_at
    }
    assert hours == {"Last backup": 3, "Monthly drill": 72}


def test_a_late_backup_is_red(folder: Path) -> None:
    note(folder, "backup", dump=timedelta(hours=25))
    assert said() == []
    note(folder, "backup", dump=timedelta(hours=27))
    assert [line[:16] for line in said()] == ["No backup since "]
    (folder / "backup.json").write_text("nonsense")
    assert said() == ["No backup was made yet."]
    (folder / "backup.json").unlink()
    assert said() == ["No backup was made yet."]


def test_a_backup_that_does_not_leave_the_machine_is_red(folder: Path) -> None:
    (folder / "push.json").write_text(json.dumps({"at": ago(timedelta(hours=25))}))
    assert said() == []
    (folder / "push.json").write_text(json.dumps({"at": ago(timedelta(hours=27))}))
    assert [line[:40] for line in said()] == ["Backups have not left this machine since"]
    (folder / "push.json").unlink()
    assert said() == ["Backups have never left this machine."]


def test_whoever_swaps_the_recipient_is_seen(folder: Path) -> None:
    thief = backup_keys.recipient(sealing.backup_recipient(sealing.new_secret()))
    (folder / "recipient").write_text(f"{thief}\n")
    assert [line[:37] for line in said()] == ["Backups are sealed to others than the"]
    (folder / "recipient").unlink()
    assert [line[:37] for line in said()] == ["Backups are sealed to others than the"]


@pytest.mark.parametrize(
    ("archived", "failed", "sentence"),
    [
        (2, 60, None),
        (60, None, "PostgreSQL's log was last archived at"),
        (60, 2, "PostgreSQL's log cannot be archived"),
        (None, 2, "PostgreSQL's log cannot be archived"),
    ],
)
def test_a_log_that_is_not_archived_is_red(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    archived: int | None,
    failed: int | None,
    sentence: str | None,
) -> None:
    """Minutes ago, as PostgreSQL counts them."""
    ago = "clock_timestamp() - make_interval(mins => {})"
    columns = [ago.format(one) if one else "NULL::timestamptz" for one in (archived, failed)]
    monkeypatch.setattr(backups, "ARCHIVER", f"SELECT true, {', '.join(columns)}")
    assert [line[: len(sentence or "")] for line in said()] == ([sentence] if sentence else [])


def test_where_backups_are_not_set_up_nothing_is_said(folder: Path, settings: Any) -> None:
    settings.BACKUP_FOLDER = ""
    (folder / "backup.json").unlink()
    assert said() == []


LATE = timedelta(hours=27)


@pytest.mark.parametrize(
    ("backup", "push", "drill"),
    [
        (timedelta(hours=25), timedelta(0), timedelta(days=34)),
        (timedelta(hours=25), timedelta(0), timedelta(days=36)),
        (timedelta(hours=25), timedelta(0), timedelta(days=71)),
        (timedelta(hours=25), timedelta(0), None),
        (timedelta(hours=25), None, timedelta(0)),
        (timedelta(hours=25), LATE, timedelta(0)),
        (LATE, timedelta(0), timedelta(0)),
        (None, None, None),
    ],
)
def test_the_doctor_and_a_watcher_outside_see_the_same(
    backup: timedelta | None,
    push: timedelta | None,
    drill: timedelta | None,
    folder: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.ON_LOOPBACK = False
    monkeypatch.setattr(server, "SPOOL", folder)
    for name, age in (("backup", backup), ("push", push), ("drill", drill)):
        (folder / f"{name}.json").unlink(missing_ok=True)
        if age is not None:
            at = {"at": ago(age)}
            (folder / f"{name}.json").write_text(json.dumps({"dump": at, **at}))
    backups.every_minute()
    of_backups = {LAST_BACKUP, LAST_DRILL, SelfCheck.BACKUP}
    outside = {line.state for line in condition.lines() if line.name in of_backups}
    options = Options(folder, 0, 0, "", "", "")
    on_the_screen = {line.state for line in doctor._backups(options, installed=True)}
    assert worst(outside) == worst(on_the_screen)


def worst(states: set[str]) -> str:
    return max(states, key=["ok", "warn", "bad"].index)
