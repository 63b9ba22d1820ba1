"""What the start page says of backups."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tips.access.recovery import FirstAccess
from tips.crypto import backup_keys, recovery_sheets, sealing
from tips.housekeeping import backups
from tips.models import Upkeep


@pytest.fixture
def folder(settings: Any, tmp_path: Path, first: FirstAccess) -> Path:
    """Of a server on which backups are set up, sealed to this desk's sheets."""
    settings.BACKUP_FOLDER = str(tmp_path)
    settings.BACKUP_RECIPIENT_FILE = str(tmp_path / "recipient")
    secret = recovery_sheets.join(*first.sheets[:2])
    recipient = backup_keys.recipient(sealing.backup_recipient(secret))
    (tmp_path / "recipient").write_text(f"{recipient}\n")
    note(tmp_path, "backup", dump=timedelta(hours=3))
    (tmp_path / "drill.json").write_text(json.dumps({"at": ago(timedelta(days=3))}))
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
    monkeypatch.setattr(backups, "ARCHIVER", f"SELECT {', '.join(columns)}")
    monkeypatch.setattr(backups, "ARCHIVES", "SELECT true")
    assert [line[: len(sentence or "")] for line in said()] == ([sentence] if sentence else [])


def test_where_backups_are_not_set_up_nothing_is_said(folder: Path, settings: Any) -> None:
    settings.BACKUP_FOLDER = ""
    (folder / "backup.json").unlink()
    assert said() == []
