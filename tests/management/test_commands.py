"""The commands that an operator types."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.cast import Person, send, settled, tip_of
from tips.access import authentication, recovery
from tips.crypto import associated_data, sealing
from tips.management import typed
from tips.models import DeskKey, DeskSession, Event, Grant, Officer, Tip


@pytest.fixture
def var(settings: Any, tmp_path: Path) -> Path:
    """A store of its own."""
    settings.VAR = tmp_path
    return tmp_path


def run(command: str, *arguments: str, typing: str = "", patch: Any = None) -> str:
    """What the command says; `typing` is its standard input."""
    said = StringIO()
    if patch is not None:
        patch.setattr(typed.sys, "stdin", StringIO(typing))
    call_command(command, *arguments, stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_prepare_sets_the_desk_up_once(var: Path) -> None:
    run("prepare")
    file = var / "first-supervisor.txt"
    assert file.stat().st_mode & 0o777 == 0o600
    account, key = (line.split("\t") for line in file.read_text().splitlines())
    assert account[:2] == ["account", "supervisor"]
    assert key[0] == "recovery"
    assert authentication.unlock(username="supervisor", words=account[2])
    before = list(DeskKey.objects.values()), file.read_text()
    run("prepare")
    assert (list(DeskKey.objects.values()), file.read_text()) == before


@pytest.mark.django_db
def test_a_desk_whose_first_words_cannot_be_written_is_not_made(var: Path) -> None:
    var.chmod(0o700)
    (var / "first-supervisor.txt").mkdir()
    with pytest.raises(IsADirectoryError):
        run("prepare")
    assert not DeskKey.objects.exists()
    assert not Officer.objects.exists()


def test_housekeeping_empties_overdue_boxes_and_dead_sessions_only(sam: Person) -> None:
    now = timezone.now()
    send()
    send()
    Tip.objects.filter(pk=Tip.objects.first().pk).update(box_until=now - timedelta(seconds=1))
    for name, ends, began in (("idle", -1, 0), ("old", 600, -13), ("alive", 600, 0)):
        DeskSession.objects.create(
            session_key=name,
            session_data=b"",
            officer=sam.officer,
            expire_date=now + timedelta(seconds=ends),
            started_at=now + timedelta(hours=began),
        )
    assert run("housekeeping") == "1 boxes emptied, 2 sessions deleted\n"
    assert Tip.objects.filter(box=None).count() == 1
    assert DeskSession.objects.get().session_key == "alive"


def test_the_recovery_key_typed_back_deletes_the_file(
    var: Path, first: recovery.FirstAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = var / "first-supervisor.txt"
    file.write_text("x")
    for wrong in (
        "",
        "ABCD",
        first.recovery_key[:-1] + "0" if first.recovery_key[-1] != "0" else "",
    ):
        with pytest.raises(CommandError):
            run("confirm_recovery_key", typing=wrong, patch=monkeypatch)
    assert file.exists()
    run("confirm_recovery_key", typing=first.recovery_key.lower() + "\n", patch=monkeypatch)
    assert not file.exists()
    assert Event.objects.filter(verb="recovery_kept").count() == 1


def test_another_desks_recovery_key_deletes_nothing(
    var: Path, first: recovery.FirstAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tips.crypto import passphrases

    (var / "first-supervisor.txt").write_text("x")
    other = passphrases.written_recovery_key(sealing.new_key())
    with pytest.raises(CommandError):
        run("confirm_recovery_key", typing=other, patch=monkeypatch)
    assert (var / "first-supervisor.txt").exists()


def test_recover_prints_one_time_words_that_open_everything(
    kim: Person, first: recovery.FirstAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    send()
    said = run("recover", "kim", typing=first.recovery_key, patch=monkeypatch)
    words = said.splitlines()[2].strip()
    person = settled(kim.officer, words)
    assert len(person.keys) == 2 == DeskKey.objects.count()


def test_recover_dry_run_counts(
    sam: Person, first: recovery.FirstAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    send()
    said = run("recover", "--dry-run", typing=first.recovery_key, patch=monkeypatch)
    assert said == "The recovery key opens 1 of 1 tips.\n"


@pytest.mark.parametrize("arguments", [["nobody"], [], ["sam"]])
def test_recover_refuses_with_a_sentence(
    sam: Person, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    with pytest.raises(CommandError, match=r"Name an active officer|wrong or missing"):
        run("recover", *arguments, typing="not a key", patch=monkeypatch)


def test_rotate_names_who_was_granted_the_new_key(
    sam: Person, kim: Person, first: recovery.FirstAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = run("rotate_desk_key", typing=first.recovery_key, patch=monkeypatch)
    assert "kim" in said
    assert "supervisor" in said
    assert Grant.objects.count() == 4


def test_a_rotation_that_nobody_could_prove_is_not_made(
    first: recovery.FirstAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    Officer.objects.update(is_active=False)
    with pytest.raises(CommandError, match="use recover"):
        run("rotate_desk_key", typing=first.recovery_key, patch=monkeypatch)
    assert DeskKey.objects.count() == 1


@pytest.mark.parametrize("command", ["createsuperuser", "changepassword"])
def test_djangos_own_password_commands_say_what_to_use(command: str) -> None:
    with pytest.raises(CommandError, match="recover NAME"):
        run(command)


def test_housekeeping_retires_the_older_desk_key_once_a_newer_one_is_proven(
    sam: Person, kim: Person, first: recovery.FirstAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tip_of(send())
    run("rotate_desk_key", typing=first.recovery_key, patch=monkeypatch)
    run("housekeeping")
    assert not DeskKey.objects.exclude(retired_at=None).exists()
    recovery.prove(kim.keys)
    run("housekeeping")
    retired = DeskKey.objects.exclude(retired_at=None).get()
    assert retired != DeskKey.objects.active().get()
    after = tip_of(send())  # although this process still remembers the older key
    for tip in (before, after):
        assert sealing.open_json(tip.sealed, kim.keys, associated_data.of_tip(tip.pk))
