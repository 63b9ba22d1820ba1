"""What the sheets' acts leave behind: in the trail, in rows and on disk."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tests.cast import Person, hire, send, session_of, settled, tip_of
from tips.access import accounts, authentication, desk_keys, pairs, recovery, sheet_files
from tips.access.recovery import FirstAccess, Sheets
from tips.crypto import active_key, key_grants, recovery_sheets, sealing
from tips.crypto.sealing import KeyPair
from tips.models import DeskKey, DeskKeyGrant, DeskSession, Event, Officer, OfficerKey, Tip


def two_of(first: FirstAccess) -> dict[str, str]:
    return {"sheet_1": first.sheets[0], "sheet_2": first.sheets[1]}


def trail(*verbs: str) -> list[tuple[str, str, str, int | None]]:
    """Verb, by, about and count of the events since the start, oldest first."""
    events = Event.objects.filter(verb__in=verbs).order_by("at")
    return [(event.verb, event.by, event.about, event.count) for event in events]


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> tuple[Path, Path]:
    settings.FIRST_SUPERVISOR_FILE = tmp_path / "new" / "first-supervisor.txt"
    settings.RECOVERY_SHEETS_FILE = tmp_path / "new" / "recovery-sheets.html"
    return settings.FIRST_SUPERVISOR_FILE, settings.RECOVERY_SHEETS_FILE


def test_the_first_set_up_is_in_the_trail_and_names_its_pair(first: FirstAccess) -> None:
    officer = Officer.objects.get()
    assert (officer.username, officer.role) == ("supervisor", "supervisor")
    assert trail("key_made", "access_given") == [
        ("key_made", "system", "", None),
        ("access_given", "system", "supervisor", None),
    ]
    key, row = OfficerKey.objects.get(), DeskKey.objects.get()
    digest = Event.objects.get(verb="access_given").pair_digest
    assert bytes(digest or b"") == sealing.public_digest(bytes(key.public))
    assert key.is_one_time
    assert row.activated_at
    assert row.activated_at <= timezone.now()
    secret = recovery_sheets.join(*first.sheets[:2])
    assert bytes(row.recovery_public) == KeyPair(secret).public
    assert bytes(row.backup_recipient) == sealing.backup_recipient(secret)
    assert DeskKeyGrant.objects.get().by == "system"


@pytest.mark.parametrize("broken", ["words", "grants", "sheets"])
def test_what_cannot_be_read_back_is_not_set_up(
    db: None, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    name, value = {
        "words": ("authentication.unlock", None),
        "grants": ("_opened", {}),
        "sheets": ("open_copies", {}),
    }[broken]
    monkeypatch.setattr(f"tips.access.recovery.{name}", lambda *_args, **_more: value)
    told: list[FirstAccess] = []
    with pytest.raises(Refused, match="could not be read back"):
        recovery.set_up_desk(keep=told.append)
    assert not told
    assert not Officer.objects.exists()
    assert not DeskKey.objects.exists()


def test_a_desk_key_that_does_not_open_is_never_activated(
    db: None, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = list(DeskKey.objects.values())
    monkeypatch.setattr(desk_keys, "opens", lambda row, secret: False)
    with pytest.raises(Refused, match="could not be opened"):
        recovery.set_up_desk("another")
    with pytest.raises(Refused, match="could not be opened"):
        desk_keys.rotate(sam.held, by="sam")
    assert list(DeskKey.objects.values()) == before
    assert not Officer.objects.filter(username="another").exists()


def test_sheets_typed_back_take_both_files_away(
    first: FirstAccess, files: tuple[Path, Path]
) -> None:
    sheet_files.write_first_access(first)
    assert all(file.exists() for file in files)
    other = recovery_sheets.split(sealing.new_secret())
    with pytest.raises(Refused):
        recovery.confirm_sheets(sheet_1=other[0], sheet_2=other[1], by="sam")
    assert all(file.exists() for file in files)
    assert not active_key.are_sheets_confirmed()
    for _ in range(2):  # the second time nothing is there any more
        recovery.confirm_sheets(**two_of(first), by="sam")
        assert not any(file.exists() for file in files)
        assert active_key.are_sheets_confirmed()
    assert trail("sheets_kept") == [("sheets_kept", "sam", "", None)] * 2


def test_the_two_files_hold_what_must_be_handed_over_and_nobody_else_reads_them(
    first: FirstAccess, files: tuple[Path, Path]
) -> None:
    file, page = files
    assert sheet_files.page_to_print() is None
    sheet_files.write_first_access(first)
    sheets = [f"recovery-{number}\t{words}" for number, words in enumerate(first.sheets, 1)]
    assert file.read_text().splitlines() == [f"account\tsupervisor\t{first.words}", *sheets]
    assert file.read_text().endswith("\n")
    assert [each.stat().st_mode & 0o777 for each in files] == [0o600, 0o600]
    page.write_text("spoilt")
    assert sheet_files.page_to_print() == page
    printed = page.read_text()
    for sheet in first.sheets:
        assert all(f">{word}<" in printed or f" {word}" in printed for word in sheet.split())
    file.unlink()
    page.write_text("the only one")
    assert sheet_files.page_to_print() == page
    assert page.read_text() == "the only one"


def test_the_page_says_when_the_sheets_were_made(
    first: FirstAccess, files: tuple[Path, Path]
) -> None:
    sheet_files.write_new_sheets(first.sheets)
    today = timezone.localdate()
    assert f"Made on {today.day} {today:%B %Y}." in files[1].read_text()


def test_what_is_written_is_on_the_disk_and_its_folders_are_made(
    first: FirstAccess, tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RECOVERY_SHEETS_FILE = page = tmp_path / "not" / "there" / "sheets.html"
    sizes = []
    monkeypatch.setattr(os, "fsync", lambda number: sizes.append(os.fstat(number).st_size))
    sheet_files.write_new_sheets(first.sheets)
    assert sizes == [page.stat().st_size]


def test_the_first_words_are_said_until_that_account_is_set_up(
    first: FirstAccess, files: tuple[Path, Path]
) -> None:
    assert sheet_files.words_to_say() == []
    sheet_files.write_first_access(first)
    assert sheet_files.words_to_say() == [("supervisor", first.words)]
    sam = settled(Officer.objects.get(username=first.username), first.words)
    lee = Officer.objects.create(username="lee", role="officer")
    accounts.give_access(officer=lee, by=sam.officer, held=sam.held)
    assert sheet_files.words_to_say() == []


def test_new_sheets_are_on_a_page_alone(first: FirstAccess, files: tuple[Path, Path]) -> None:
    file, page = files
    sheet_files.write_new_sheets(first.sheets)
    assert not file.exists()
    assert first.sheets[2].split()[-1] in page.read_text()
    assert page.stat().st_mode & 0o777 == 0o600


def test_recovering_ends_the_sessions_of_one_and_tells_the_trail(
    sam: Person, kim: Person, first: FirstAccess
) -> None:
    for person in (sam, kim):
        session_of(person.officer)
    old = DeskKey.objects.get()
    recovery.recover(**two_of(first), officer=kim.officer)
    assert [session.officer for session in DeskSession.objects.all()] == [sam.officer]
    assert trail("key_rotated", "recovered") == [
        ("key_rotated", "recovery", "", 1),
        ("recovered", "recovery", "kim", None),
    ]
    key = OfficerKey.objects.get(officer=kim.officer)
    digest = Event.objects.get(verb="recovered").pair_digest
    assert bytes(digest or b"") == sealing.public_digest(bytes(key.public))
    assert key.is_one_time
    assert DeskKey.objects.get(kid=old.kid).retired_at
    assert DeskKeyGrant.objects.filter(officer_key=key).count() == 2
    assert set(DeskKeyGrant.objects.filter(officer_key=key).values_list("by", flat=True)) == {
        "recovery"
    }


def test_a_command_s_rotation_forgets_false_keys_and_tells_how_many_hold_the_new(
    sam: Person, kim: Person, first: FirstAccess
) -> None:
    true = DeskKey.objects.get()
    planted = desk_keys.new_key(true, sealing.new_secret(), bytes(true.recovery_public), b"")
    planted.row.save(force_insert=True)
    kim_key = OfficerKey.objects.get(officer=kim.officer)
    pairs.grant(kim_key, {bytes(planted.row.kid): planted.secret}, by="rotation")
    assert recovery.rotate_desk_key(**two_of(first)) == ["kim", "supervisor"]
    assert not DeskKey.objects.filter(kid=planted.row.kid).exists()
    assert DeskKey.objects.count() == 2
    assert DeskKeyGrant.objects.count() == 4
    assert trail("key_rotated") == [("key_rotated", "command", "", 2)]
    newest = DeskKeyGrant.objects.filter(desk_key=DeskKey.objects.active().get())
    assert {grant.by for grant in newest} == {"rotation"}


def test_where_nobody_holds_a_true_key_nothing_is_rotated(sam: Person, first: FirstAccess) -> None:
    OfficerKey.objects.update(attestation=bytes(32))
    with pytest.raises(Refused, match="use recover NAME"):
        recovery.rotate_desk_key(**two_of(first))
    assert DeskKey.objects.count() == 1


def test_new_sheets_keep_every_key_of_a_long_chain_true(
    sam: Person, kim: Person, dana: Person, first: FirstAccess
) -> None:
    held = accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    desk_keys.rotate(held, by="sam")
    kept: list[Sheets] = []
    recovery.replace_sheets(**two_of(first), keep=kept.append)
    judged = desk_keys.judge_newer({})
    unlocked = dana.unlock()
    judged = desk_keys.judge(authentication.granted_secrets(unlocked), unlocked.anchor)
    assert (len(judged.true), judged.lacking, judged.false) == (4, set(), set())
    secret = recovery_sheets.join(*kept[0][:2])
    for row in DeskKey.objects.all():
        assert bytes(row.recovery_public) == KeyPair(secret).public
        assert bytes(row.backup_recipient) == sealing.backup_recipient(secret)
    assert trail("sheets_replaced", "key_rotated")[-2:] == [
        ("sheets_replaced", "recovery", "", None),
        ("key_rotated", "command", "", 2),
    ]


def test_a_drill_leaves_erased_tips_out_and_its_count_in_the_trail(
    sam: Person, first: FirstAccess
) -> None:
    erased = tip_of(send())
    send(what_happened="Another.")
    Tip.objects.filter(pk=erased.pk).update(sealed=None)
    assert recovery.drill(**two_of(first)) == (1, 1)
    assert trail("drilled") == [("drilled", "recovery", "", 1)]


def test_of_two_desks_in_one_database_the_one_with_the_tips_is_recovered(
    sam: Person, first: FirstAccess
) -> None:
    tip, true = tip_of(send()), DeskKey.objects.get()
    for away in (timedelta(days=-366), timedelta(days=366)):
        planted = desk_keys.new_key(None, b"", bytes(true.recovery_public), b"")
        planted.row.created_at = true.created_at + away
        planted.row.save(force_insert=True)
    held = recovery.open_copies(first.sheets[0], first.sheets[1])
    assert list(held) == [bytes(true.kid)]
    assert recovery.drill(**two_of(first)) == (1, 1)
    assert tip.sealed


def test_a_copy_of_another_secret_is_no_key_of_this_desk(sam: Person, first: FirstAccess) -> None:
    row = DeskKey.objects.get()
    stranger = sealing.new_secret()
    copy = key_grants.recovery_copy(stranger, bytes(row.recovery_public), row.kid)
    DeskKey.objects.update(recovery_copy=copy)
    with pytest.raises(Refused, match="not recovery sheets of this desk"):
        recovery.drill(**two_of(first))


def test_whose_one_time_words_are_over_gets_no_new_desk_key(
    sam: Person, kim: Person, first: FirstAccess
) -> None:
    lee = Officer.objects.create(username="lee", role="officer")
    accounts.give_access(officer=lee, by=sam.officer, held=sam.held)
    assert recovery.rotate_desk_key(**two_of(first)) == ["kim", "lee", "supervisor"]
    OfficerKey.objects.filter(officer=lee).update(one_time_until=timezone.now())
    assert recovery.rotate_desk_key(**two_of(first)) == ["kim", "supervisor"]
    hire("joy", "officer", sam)
