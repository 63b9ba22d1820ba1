"""manage.py fill_demo: a desk that looks lived in, and that anybody can log in to."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pyotp
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from tests.cast import send, tip_of
from tips import actions
from tips.access import authentication, pairs, recovery, sheet_files
from tips.access.authentication import Unlocked
from tips.admin.triage.verbs import VERBS
from tips.crypto import active_key, passphrases
from tips.crypto.sealing import Keyring
from tips.demo.backdating import backdating_allowed
from tips.demo.casework import Case, Staff
from tips.demo.stories import Teller, fewest_tips
from tips.models import CallWithoutTip, Event, Message, Note, Officer, Photo, Recusal, Tip, TipLink
from tips.models.vocabulary import Channel, Language, SetAside

ROUND = fewest_tips()


def in_demo(var: Path) -> override_settings:
    """The settings of a demonstration in this $VAR."""
    return override_settings(
        VAR=var,
        DEMO=True,
        FIRST_SUPERVISOR_FILE=var / "first-supervisor.txt",
        RECOVERY_SHEETS_FILE=var / "recovery-sheets.html",
    )


def prepare() -> None:
    """As `manage.py prepare` leaves the desk."""
    recovery.set_up_desk(keep=sheet_files.write_first_access)
    active_key.forget()


@pytest.fixture
def prepared(db: None, tmp_path: Path) -> Iterator[Path]:
    """$VAR as `manage.py prepare` leaves it, in demo."""
    with in_demo(tmp_path):
        prepare()
        yield tmp_path


@pytest.fixture(scope="module")
def _filled(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """One round of tips for all tests that only look at them, gone with the last of them."""
    var, day = tmp_path_factory.mktemp("filled"), timezone.localdate()
    with django_db_blocker.unblock(), transaction.atomic():
        with in_demo(var):
            prepare()
            call_command("fill_demo", tips=ROUND, stdout=StringIO())
            assert CallWithoutTip.objects.filter(day__gte=day).exists()
        yield var
        transaction.set_rollback(True)


@pytest.fixture
def filled(_filled: Path, db: None) -> Iterator[Path]:
    """$VAR after one round of tips."""
    with in_demo(_filled):
        yield _filled


def ready_accounts(var: Path) -> dict[str, tuple[Unlocked, str]]:
    """Every account of the file by name: opened with its words, and the secret beside them."""
    rows = [line.split("\t") for line in (var / "demo-accounts.txt").read_text().splitlines()]
    opened = {}
    for kind, name, words, totp in rows:
        unlocked = authentication.unlock(username=name, words=words)
        assert kind == "account"
        assert unlocked, name
        opened[name] = unlocked, totp
    return opened


def actions_of_the_desk() -> set[str]:
    """The event verbs of what officers do to a tip, but for what the demonstration leaves out."""
    return {entry.event for entry in VERBS.values()} - {
        Event.Verb.UNLINKED,
        Event.Verb.WAITING,
        Event.Verb.PHOTO_UNLOCKED,
    }


def test_it_is_refused_outside_the_demonstration(prepared: Path, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match=r"\./run demo alone"):
        call_command("fill_demo", tips=ROUND)
    assert not Tip.objects.exists()
    assert {file.name for file in prepared.iterdir()} == {
        "first-supervisor.txt",
        "recovery-sheets.html",
    }


def test_it_only_fills_whole_rounds(prepared: Path) -> None:
    with pytest.raises(CommandError, match="At least"):
        call_command("fill_demo", tips=ROUND - 1)
    assert not Tip.objects.exists()


def test_a_wrong_first_file_leaves_the_store_as_it_was(prepared: Path) -> None:
    first = prepared / "first-supervisor.txt"
    _, *sheets = first.read_text().splitlines()
    wrong = f"account\tsupervisor\t{passphrases.new_passphrase()}"
    first.write_text("\n".join([wrong, *sheets]))
    with pytest.raises(CommandError, match="do not open"):
        call_command("fill_demo", tips=ROUND)
    assert not Tip.objects.exists()
    assert first.exists()
    assert Officer.objects.count() == 1


def test_it_only_fills_a_fresh_store(filled: Path) -> None:
    with pytest.raises(CommandError, match="fresh store"):
        call_command("fill_demo", tips=ROUND)
    assert Tip.objects.count() == ROUND


def test_four_accounts_are_ready_and_the_sheets_are_off_the_disk(filled: Path) -> None:
    assert [file.name for file in filled.iterdir()] == ["demo-accounts.txt"]
    assert (filled / "demo-accounts.txt").stat().st_mode & 0o777 == 0o600
    opened = ready_accounts(filled)
    assert list(opened) == ["officer", "supervisor", "auditor", "editor", "marva"]
    for name, (unlocked, totp) in opened.items():
        assert unlocked.officer.role == ("officer" if name == "marva" else name)
        assert unlocked.totp == totp
        assert authentication.matching_step(totp, pyotp.TOTP(totp).now())
        holds = len(authentication.granted_secrets(unlocked))
        # The one that they began with, and the one made when somebody lost access.
        assert holds == (0 if name in ("auditor", "editor") else 2), name
    held = authentication.granted_secrets(opened["supervisor"][0])
    assert not pairs.false_pairs(held)
    assert Event.objects.filter(verb="sheets_kept", by="supervisor").exists()


def test_every_state_language_and_outcome_is_there(filled: Path) -> None:
    def all_of(column: str) -> set[Any]:
        return set(Tip.objects.values_list(column, flat=True))

    assert all_of("status") == set(Tip.Status.values) - {"referred"}  # no verb leads there yet
    assert all_of("outcome") == {"", *Tip.Outcome.values}
    assert all_of("language") == set(Language)
    assert all_of("channel") == set(Channel)
    assert all_of("urgency") == set(Tip.Urgency.values)
    assert all_of("owner__username") == {None, "officer", "marva", "supervisor"}
    for yes_or_no in ("restricted", "for_self"):
        assert all_of(yes_or_no) == {True, False}, yes_or_no
    assert all_of("set_aside") == set(SetAside)
    assert all_of("turn_cause") >= set(Tip.Cause.values)
    duplicates = TipLink.objects.filter(kind=TipLink.Kind.DUPLICATE)
    assert duplicates.count() == Tip.objects.filter(outcome="duplicate").count() > 0
    assert duplicates.filter(other__outcome="duplicate").exists()  # a chain
    left = Event.objects.filter(verb="taken", by="winston")
    assert not duplicates.filter(other__in=left.values("tip_id")).exists()  # its ring would be lost
    assert TipLink.objects.filter(kind=TipLink.Kind.NOT_SAME).exists()
    assert Recusal.objects.exists()
    assert Tip.objects.exclude(held_by="").exists()
    assert Photo.objects.exclude(locked_at=None).exists()
    assert Note.objects.filter(kind=Note.Kind.TRANSLATION).exists()
    assert Message.objects.exclude(shown_at=None).exists()
    assert len(all_of("page_digest")) < Tip.objects.count()
    assert Photo.objects.exists()
    verbs = set(Event.objects.exclude(tip_id=None).values_list("verb", flat=True))
    assert actions_of_the_desk() <= verbs, actions_of_the_desk() - verbs


def test_every_tip_opens_with_the_supervisors_words(filled: Path) -> None:
    unlocked, _totp = ready_accounts(filled)["supervisor"]
    held = Keyring(authentication.granted_secrets(unlocked))
    stories = set()
    for tip in Tip.objects.all():
        opened = actions.open_tip(tip=tip, by=unlocked.officer, keys=held)
        assert opened.fields
        assert all(line.text is not None for line in (*opened.messages, *opened.notes))
        assert all(reason for event, reason in opened.trail if event.reason)
        for number in opened.photos:
            picture = actions.show_photo(tip=tip, by=unlocked.officer, number=number, keys=held)
            assert (picture or b"").startswith(b"\xff\xd8")
        stories.add(opened.fields["what_happened"])
    assert len(stories) > 0.9 * ROUND  # only "help" and advertising may come twice


def test_it_spreads_over_two_months_and_nothing_comes_before_its_cause(filled: Path) -> None:
    now = timezone.now()
    arrived = list(Tip.objects.order_by("received_at").values_list("received_at", flat=True))
    assert 25 < (now - arrived[0]).days <= 61
    assert all((at.minute, at.second) == (0, 0) for at in arrived)
    for tip in Tip.objects.all():
        events = Event.objects.filter(tip_id=tip.pk)
        assert events.get(verb="received").at == tip.received_at
        assert all(tip.received_at <= event.at <= now for event in events)
        assert all(note.at >= tip.received_at for note in Note.objects.filter(tip=tip))
        # Of a citizen's line only the hour is kept, so an answer may stand before its question.
        messages = Message.objects.filter(tip=tip).order_by("number")
        hours = [one.at.replace(minute=0, second=0, microsecond=0) for one in messages]
        assert hours == sorted(hours)
        closed = events.filter(verb="closed").order_by("-at").first()
        if tip.status == "closed":
            assert closed
            # What the sender of a copy says later rings at the first, and the copy stays closed.
            acts = events.exclude(verb="message") if tip.outcome == "duplicate" else events
            assert closed.at == max(event.at for event in acts)
            assert tip.closed_on == timezone.localdate(closed.at)


def test_a_tip_of_the_first_minutes_of_an_hour_is_read_after_it_came(filled: Path) -> None:
    told, rng = Teller(Random(1)).tell("story"), Random(1)
    receipt = send(**told.form.tip)
    tip = tip_of(receipt)
    came, (supervisor, _totp) = tip.received_at, ready_accounts(filled)["supervisor"]
    keys = Keyring(authentication.granted_secrets(supervisor))
    staff = Staff(*[supervisor.officer] * 4, keys)
    with backdating_allowed() as backdating:
        case = Case(tip, told, receipt.code or "", staff, backdating, rng)
        case.step("take", came + timedelta(minutes=1))
    tip.refresh_from_db()
    assert tip.received_at == came
    assert all(came <= event.at for event in Event.objects.filter(tip_id=tip.pk))


def test_what_was_closed_in_the_evening_was_closed_on_that_day_in_saint_lucia(
    filled: Path,
) -> None:
    tip = tip_of(send())
    (supervisor, _totp) = ready_accounts(filled)["supervisor"]
    actions.close(tip=tip, by=supervisor.officer, outcome="junk", reason="A joke.")
    evening = timezone.localtime().replace(hour=21, minute=30) - timedelta(days=1)
    with backdating_allowed() as backdating:
        backdating.date(tip.pk, evening)
    assert Tip.objects.get(pk=tip.pk).closed_on == evening.date()


def test_the_trail_and_the_notes_are_append_only_again(filled: Path) -> None:
    for table in ("tips_event", "tips_note"):
        with (
            pytest.raises(DatabaseError, match="append only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE {table} SET at = now()")
