"""What each act on an account writes: event, digest, sessions, mails; and nothing halfway."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from slu_antitrafficking.refusal import Refused
from tests.access import outbox
from tests.cast import Person, session_of
from tests.restored import hired
from tips.access import accounts, authentication, pairs
from tips.crypto import sealing
from tips.models import DeskKey, DeskKeyGrant, DeskSession, Event, Mail, Officer, OfficerKey


class Holder(NamedTuple):
    """Whoever acts, and the secrets of their session."""

    officer: Officer
    held: dict[bytes, bytes]


Act = Callable[[Officer, Person | Holder], Any]
ACTS: dict[str, Act] = {
    "add": lambda who, by: accounts.add(
        officer=Officer(username="new", role="auditor"), by=by.officer
    ),
    "give_access": lambda who, by: accounts.give_access(officer=who, by=by.officer, held=by.held),
    "deactivate": lambda who, by: accounts.deactivate(officer=who, by=by.officer, held=by.held),
    "activate": lambda who, by: accounts.activate(officer=who, by=by.officer),
    "change_role": lambda who, by: accounts.change_role(
        officer=who, role="editor", by=by.officer, held=by.held
    ),
    "change_email": lambda who, by: accounts.change_email(
        officer=who, email="a@example.lc", by=by.officer
    ),
    "change_languages": lambda who, by: accounts.change_languages(
        officer=who, reads=["es"], by=by.officer
    ),
    "sign_out_everywhere": lambda who, by: accounts.sign_out_everywhere(officer=who, by=by.officer),
}


def everything() -> list[object]:
    models = (Officer, OfficerKey, DeskKey, DeskKeyGrant, DeskSession, Event)
    return [list(model.objects.order_by("pk").values()) for model in models]


def about(officer: Officer, verb: str) -> Event:
    return Event.objects.filter(about=officer.username, verb=verb).latest("at")


def test_no_act_changes_anything_without_its_event(sam: Person, kim: Person) -> None:
    session_of(kim.officer)
    held = sam.held
    by = Holder(sam.officer, held)
    before = everything()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tips_event ADD CONSTRAINT no_room CHECK (verb = '') NOT VALID")
    for name, act in ACTS.items():
        with pytest.raises(DatabaseError):
            act(kim.officer, by)
        assert everything() == before, name
    unlocked = kim.unlock()
    with pytest.raises(DatabaseError):
        accounts.change_passphrase(unlocked=unlocked, words="five other words of kim", step=7)
    assert everything() == before


def test_nobody_but_a_supervisor_changes_an_account(
    sam: Person, kim: Person, dana: Person, ada: Person, ed: Person
) -> None:
    was_supervisor = hired("max", "supervisor", by=sam)
    Officer.objects.filter(pk=was_supervisor.officer.pk).update(role="officer")
    gone = Holder(hired("gus", "supervisor", by=sam).officer, sam.held)
    Officer.objects.filter(pk=gone.officer.pk).update(is_active=False)
    others = [Holder(one.officer, one.held) for one in (kim, ada, ed, was_supervisor)]
    before = everything()
    for name, act in ACTS.items():
        for by in (*others, gone):
            with pytest.raises(Refused, match="Only a supervisor"):
                act(dana.officer, by)
        assert everything() == before, name


@pytest.mark.parametrize(
    ("name", "verb"),
    [
        ("deactivate", "deactivated"),
        ("activate", "activated"),
        ("change_role", "role_changed"),
        ("change_email", "email_changed"),
        ("change_languages", "languages_changed"),
        ("sign_out_everywhere", "signed_out"),
        ("give_access", "access_given"),
    ],
)
def test_an_act_is_about_one_account_and_says_who_did_it(
    sam: Person, kim: Person, dana: Person, name: str, verb: str
) -> None:
    for person in (kim, dana):
        session_of(person.officer)
    Officer.objects.filter(pk=dana.officer.pk).update(is_active=False)
    others = Officer.objects.filter(pk=dana.officer.pk)
    before = (others.values().get(), OfficerKey.objects.values().get(pk=dana.officer.pk))
    ACTS[name](kim.officer, sam)
    assert (others.values().get(), OfficerKey.objects.values().get(pk=dana.officer.pk)) == before
    assert DeskSession.objects.filter(officer=dana.officer).exists()
    assert about(kim.officer, verb).by == sam.officer.username
    digest = about(kim.officer, verb).pair_digest
    if name in ("deactivate", "change_role"):
        assert digest is not None
        assert bytes(digest) == pairs.NO_PAIR
    elif name == "give_access":
        public = bytes(OfficerKey.objects.get(officer=kim.officer).public)
        assert bytes(digest or b"") == sealing.public_digest(public)
    else:
        assert digest is None


def test_a_new_account_is_stored_and_is_never_somebody_s_already(sam: Person, kim: Person) -> None:
    ACTS["add"](kim.officer, sam)
    assert Officer.objects.get(username="new").role == "auditor"
    before = everything()
    with pytest.raises(DatabaseError):
        accounts.add(officer=Officer(pk=kim.officer.pk, username="kim2"), by=sam.officer)
    assert everything() == before


def test_without_keys_a_supervisor_gives_no_access(sam: Person, kim: Person) -> None:
    before = everything()
    with pytest.raises(Refused, match="who can open tips"):
        accounts.give_access(officer=kim.officer, by=sam.officer, held={})
    assert everything() == before


def test_what_each_act_leaves_in_the_account(sam: Person, kim: Person) -> None:
    session_of(kim.officer)
    ACTS["change_languages"](kim.officer, sam)
    ACTS["change_email"](kim.officer, sam)
    row = Officer.objects.get(pk=kim.officer.pk)
    assert (row.reads, row.email) == (["es"], "a@example.lc")
    assert DeskSession.objects.exists()
    ACTS["sign_out_everywhere"](kim.officer, sam)
    assert not DeskSession.objects.exists()
    assert OfficerKey.objects.filter(officer=kim.officer).exists()
    ACTS["deactivate"](kim.officer, sam)
    assert not Officer.objects.get(pk=kim.officer.pk).is_active
    ACTS["activate"](kim.officer, sam)
    assert Officer.objects.get(pk=kim.officer.pk).is_active
    assert not OfficerKey.objects.filter(officer=kim.officer).exists()


@pytest.mark.parametrize(
    ("before", "after", "signed_out", "pair_gone", "rotated"),
    [
        ("officer", "supervisor", False, False, False),
        ("supervisor", "officer", True, False, False),
        ("officer", "editor", True, True, True),
        ("supervisor", "auditor", True, True, True),
        ("editor", "auditor", False, False, False),
        ("editor", "officer", True, True, False),
        ("officer", "officer", False, False, False),
    ],
)
def test_what_another_role_costs(
    sam: Person, before: str, after: str, signed_out: bool, pair_gone: bool, rotated: bool
) -> None:
    lee = hired("lee", before, sam)
    session_of(lee.officer)
    held, keys = sam.held, DeskKey.objects.count()
    now_held = accounts.change_role(officer=lee.officer, role=after, by=sam.officer, held=held)
    assert Officer.objects.get(pk=lee.officer.pk).role == after
    assert DeskSession.objects.exists() != signed_out
    assert OfficerKey.objects.filter(officer=lee.officer).exists() != pair_gone
    assert (about(lee.officer, "role_changed").pair_digest is not None) == pair_gone
    assert DeskKey.objects.count() == keys + rotated
    assert (now_held != held) == rotated


def test_the_last_supervisor_is_told_that_and_not_that_nobody_opens_tips(sam: Person) -> None:
    with pytest.raises(Refused, match="is the last supervisor"):
        accounts.change_role(officer=sam.officer, role="officer", by=sam.officer, held=sam.held)
    with pytest.raises(Refused, match="is the last who can open tips"):
        accounts.change_role(officer=sam.officer, role="editor", by=sam.officer, held=sam.held)


def test_who_holds_an_old_key_gives_nobody_half_the_tips(
    sam: Person, kim: Person, dana: Person
) -> None:
    """Not to somebody new either, for whom no desk key is made."""
    before = sam.held
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=before)
    new = Officer.objects.create(username="new", role="officer")
    with pytest.raises(Refused, match=r"^There is a newer desk key"):
        accounts.give_access(officer=new, by=sam.officer, held=before)
    assert not OfficerKey.objects.filter(officer=new).exists()


def test_access_given_is_told_to_the_other_supervisors(
    sam: Person, kim: Person, mailed: None, settings: Any
) -> None:
    for name, role, active, email in (
        ("lee", "supervisor", True, "lee@example.lc"),
        ("max", "supervisor", True, ""),
        ("joy", "supervisor", False, "joy@example.lc"),
        ("ann", "officer", True, "ann@example.lc"),
        ("una", "supervisor", True, "una@example.lc"),
        ("two", "supervisor", True, "una@example.lc"),
    ):
        Officer.objects.create(username=name, role=role, is_active=active, email=email)
    Officer.objects.filter(pk=sam.officer.pk).update(email="sam@example.lc")
    sam.officer.refresh_from_db()
    accounts.give_access(officer=kim.officer, by=sam.officer, held=sam.held)
    subject = "Know the Signs: access was given"
    told = [mail for mail in outbox.messages() if mail.subject == subject]
    assert [mail.to for mail in told] == [["lee@example.lc"], ["una@example.lc"]]
    for mail in told:
        assert settings.DESK_URL in mail.body
        assert "kim" not in mail.body
    settings.MAIL_LEAVES = False
    Mail.objects.all().delete()
    accounts.give_access(officer=kim.officer, by=sam.officer, held=sam.held)
    assert not outbox.messages()


def test_a_false_pair_is_told_of_once_a_day(sam: Person, kim: Person, mailed: None) -> None:
    Officer.objects.filter(pk=sam.officer.pk).update(email="sam@example.lc")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tips_event DISABLE TRIGGER append_only")
    for hours in (30, 25, 23):
        pairs.tell_of_false_pair(kim.officer)
        Event.objects.filter(verb="false_pair", about="kim").update(
            at=timezone.now() - timedelta(hours=hours)
        )
    pairs.tell_of_false_pair(kim.officer)
    pairs.tell_of_false_pair(sam.officer)
    assert Event.objects.filter(verb="false_pair", about="kim").count() == 3
    subject = "Know the Signs: read the desk's red line"
    assert outbox.letters() == [(subject, ["sam@example.lc"])] * 4


def test_one_time_words_are_over_after_72_hours_and_wrong_digits_after_one(kim: Person) -> None:
    unlocked, row = kim.unlock(), OfficerKey.objects.filter(officer=kim.officer)
    for _ in range(4):
        authentication.count_wrong_digits(unlocked)
    assert row.get().wrong_digits == 4
    assert not authentication.digits_are_locked(unlocked)
    row.update(wrong_digits_since=timezone.now() - timedelta(minutes=61))
    authentication.count_wrong_digits(unlocked)
    assert row.get().wrong_digits == 1  # another hour has begun
    row.update(wrong_digits=3)
    assert authentication.use_step(unlocked, 10)
    assert (row.get().wrong_digits, row.get().totp_last) == (0, 10)


def test_a_step_is_used_only_with_the_wrap_that_was_opened(kim: Person, dana: Person) -> None:
    unlocked, row = kim.unlock(), OfficerKey.objects.filter(officer=kim.officer)
    row.update(one_time_until=timezone.now() + timedelta(hours=1))
    assert not authentication.use_step(unlocked, 10)
    row.update(one_time_until=None)
    Officer.objects.filter(pk=kim.officer.pk).update(is_active=False)
    assert not authentication.use_step(unlocked, 10)
    Officer.objects.filter(pk=kim.officer.pk).update(is_active=True)
    row.update(wrapped=b"another")
    assert not authentication.use_step(unlocked, 10)
    assert set(OfficerKey.objects.values_list("totp_last", flat=True)) == {0}


def test_wrong_words_leave_one_event_an_account_and_hour(kim: Person, dana: Person) -> None:
    for name in ("kim", " KIM ", "nobody", "dana", "kim"):
        authentication.record_wrong_words(name)
    told = Event.objects.filter(verb="wrong_words")
    assert sorted(told.values_list("about", flat=True)) == ["dana", "kim"]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tips_event DISABLE TRIGGER append_only")
    told.update(at=timezone.now() - timedelta(minutes=61))
    authentication.record_wrong_words("kim")
    assert told.filter(about="kim").count() == 2
