"""Where a tip stands for its citizen: never further back, whatever the desk does."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.utils import timezone

from tests.cast import FIELDS, Person, send, tip_of
from tests.database.acting import acting_as
from tips import actions
from tips.access import accounts
from tips.actions import Receipt, Refused
from tips.crypto import receipts
from tips.crypto.sealing import Keyring
from tips.models import Event, Officer, Tip, TipLink
from tips.models.vocabulary import SetAside

pytestmark = pytest.mark.django_db
STAGES = ("unread", "read", "works", "passed", "closed")
CLOSED = ("passed", "closed")
# Each is a story of its own; the audit plays three of them.
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.audit) for seed in (1, 2))]


def stage(receipt: Receipt) -> tuple[str, date | None]:
    with acting_as("public"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM tip_stage(%s)", [receipts.lookup_id(receipt.code or "")])
        (row,) = cursor.fetchall()
    return row


def name(receipt: Receipt) -> str:
    return stage(receipt)[0]


def names(of: list[Receipt]) -> list[str]:
    lookups = [receipts.lookup_id(one.code or "") for one in of]
    with acting_as("public"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT stage FROM unnest(%s::bytea[]) WITH ORDINALITY AS code (lookup, number),"
            " tip_stage(lookup) ORDER BY number",
            [lookups],
        )
        return [stage for (stage,) in cursor.fetchall()]


def read(receipt: Receipt, by: Person) -> Tip:
    tip = tip_of(receipt)
    actions.open_tip(tip=tip, by=by.officer, keys=by.keys)
    return tip


def call(by: Person) -> Receipt:
    key = receipts.new_idempotency_key()
    return actions.receive_call(fields=FIELDS, channel="phone", by=by.officer, idempotency_key=key)


def close(receipt: Receipt, by: Person, outcome: str, of: Receipt | None = None) -> None:
    repeated = of.reference if of else ""
    tip = tip_of(receipt)
    actions.close(
        tip=tip, by=by.officer, outcome=outcome, duplicate_of=repeated, reason="We asked there."
    )


TOLD = {
    "plain": {},
    "restricted": {"official_involved": "yes"},
    "spam": {"set_aside": SetAside.SPAM},
    "flood": {"set_aside": SetAside.FLOOD},
}


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_the_line_goes_from_unread_to_closed(sam: Person, told: dict[str, object]) -> None:
    receipt, today = send(**told), timezone.localdate()
    assert stage(receipt) == ("unread", None)
    tip = read(receipt, sam)
    assert stage(receipt) == ("read", today)
    actions.take(tip=tip, by=sam.officer)
    assert stage(receipt) == ("works", today)
    close(receipt, sam, "passed_on")
    assert stage(receipt) == ("passed", today)
    actions.reopen(tip=tip, by=sam.officer, reason="They sent it back.")
    assert name(receipt) == "works"
    close(receipt, sam, "junk")
    assert stage(receipt) == ("closed", today)


@pytest.mark.parametrize("outcome", [one for one in Tip.Outcome if one != "duplicate"])
def test_no_outcome_shows_but_that_it_was_passed_on(sam: Person, outcome: str) -> None:
    receipt = send()
    close(receipt, sam, outcome)
    assert name(receipt) == ("passed" if outcome == "passed_on" else "closed")


@pytest.mark.parametrize("verb", ["taken", "waiting", "replied", "parked", "reopened"])
def test_what_was_done_is_work_whatever_the_columns_say(sam: Person, verb: str) -> None:
    receipt = send()
    Event.objects.record(verb, tip=tip_of(receipt), by=sam.officer)
    assert name(receipt) == "works"


@pytest.mark.parametrize("status", ["asked", "referred", "parked"])
@pytest.mark.usefixtures("sam")
def test_asked_referred_and_parked_is_work_whatever_the_trail_says(status: str) -> None:
    receipt, tomorrow = send(), timezone.localdate() + timedelta(days=1)
    Tip.objects.filter(reference=receipt.reference).update(status=status, turn_until=tomorrow)
    assert name(receipt) == "works"


def test_what_an_officer_heard_on_the_telephone_is_read(sam: Person) -> None:
    receipt, called = send(), call(sam)
    assert [name(each) for each in (receipt, called)] == ["unread", "read"]
    actions.transcribe(tip=tip_of(receipt), by=sam.officer, text="They moved him.")
    assert stage(receipt) == ("read", timezone.localdate())


def test_a_note_a_raise_and_giving_it_to_nobody_are_not_yet_work(sam: Person) -> None:
    receipt = send()
    tip = tip_of(receipt)
    actions.note(tip=tip, by=sam.officer, text="Called.")
    actions.raise_urgency(tip=tip, by=sam.officer)
    actions.give_back(tip=tip, by=sam.officer)
    assert name(receipt) == "unread"


def test_what_was_given_to_somebody_is_work_when_they_gave_it_back_too(
    sam: Person, kim: Person
) -> None:
    receipt = send()
    actions.give(tip=tip_of(receipt), by=sam.officer, to=kim.officer)
    actions.give_back(tip=tip_of(receipt), by=kim.officer)
    assert name(receipt) == "works"


def test_an_undone_take_leaves_the_line_and_an_undone_closing_takes_it_back(sam: Person) -> None:
    receipt = send()
    actions.take(tip=tip_of(receipt), by=sam.officer)
    actions.undo(tip=tip_of(receipt), by=sam.officer)
    assert tip_of(receipt).owner is None
    assert name(receipt) == "works"
    close(receipt, sam, "passed_on")
    assert name(receipt) == "passed"
    actions.undo(tip=tip_of(receipt), by=sam.officer)
    assert name(receipt) == "works"


def test_a_tip_that_somebody_has_is_work_whatever_the_trail_says(sam: Person) -> None:
    receipt = send()
    Tip.objects.filter(reference=receipt.reference).update(owner=sam.officer)
    assert stage(receipt) == ("works", timezone.localdate())


def test_lowering_giving_back_and_an_owner_who_leaves_move_nothing_back(
    sam: Person, kim: Person
) -> None:
    receipt = send(danger_now="yes")
    tip = read(receipt, kim)
    actions.take(tip=tip, by=kim.officer)
    actions.lower_urgency(tip=tip, by=kim.officer, reason="She is safe.")
    assert name(receipt) == "works"
    actions.give_back(tip=tip, by=kim.officer)
    assert name(receipt) == "works"
    actions.take(tip=tip_of(receipt), by=kim.officer)
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    assert tip_of(receipt).owner is None
    assert name(receipt) == "works"


def test_what_is_read_again_was_read_on_the_first_day_in_saint_lucia(sam: Person) -> None:
    receipt = send()
    # Two in the morning in London is still the evening before.
    for at in (datetime(2026, 3, 9, 2, tzinfo=UTC), datetime(2026, 3, 11, 2, tzinfo=UTC)):
        Event.objects.record("opened", tip=tip_of(receipt), by=sam.officer, at=at, count=0)
    assert stage(receipt) == ("read", date(2026, 3, 8))


def test_of_another_tip_and_of_a_code_of_nobody_it_says_nothing(sam: Person) -> None:
    receipt, other = send(), send(what_happened="Another.")
    actions.take(tip=read(other, sam), by=sam.officer)
    assert name(receipt) == "unread"
    with connection.cursor() as cursor:
        for nobodys in (None, b"", bytes(32)):
            cursor.execute("SELECT * FROM tip_stage(%s)", [nobodys])
            assert cursor.fetchall() == []


def test_a_duplicate_shows_what_its_first_tip_has_reached_along_the_chain(sam: Person) -> None:
    first, second, third = (send(what_happened=f"{n}") for n in range(3))
    close(third, sam, "duplicate", of=second)
    assert name(third) == "unread"
    close(second, sam, "duplicate", of=first)
    assert name(third) == "unread"
    actions.take(tip=read(first, sam), by=sam.officer)
    assert [name(each) for each in (first, second, third)] == ["works"] * 3
    close(first, sam, "passed_on")
    assert [name(each) for each in (first, second, third)] == ["passed"] * 3
    actions.reopen(tip=tip_of(third), by=sam.officer, reason="It is another boat.")
    assert name(third) == "works"
    assert name(second) == "passed"


def test_duplicates_in_a_circle_are_closed_and_the_question_ends(sam: Person) -> None:
    one, two = send(), send(what_happened="Another.")
    close(one, sam, "duplicate", of=two)
    close(two, sam, "junk")
    # The desk refuses to; an older store may have them.
    TipLink.objects.create(tip=tip_of(two), other=tip_of(one), kind=TipLink.Kind.DUPLICATE)
    Tip.objects.filter(reference=two.reference).update(outcome="duplicate")
    assert stage(one) == stage(two) == ("closed", timezone.localdate())


Hand = tuple[Officer, Keyring]


def some_verb(rng: Random, tip: Tip, by: Hand, others: list[Officer], tips: list[Tip]) -> str:
    """One press, as likely refused as not; which it was."""
    day = timezone.localdate() + timedelta(days=rng.randrange(3))
    outcome = rng.choice(("passed_on", "junk", "helped", "duplicate"))
    one = {"tip": tip, "by": by[0]}
    of = str(rng.choice(tips).reference) if outcome == "duplicate" else ""
    verbs = {
        "open": lambda: actions.open_tip(**one, keys=by[1]),
        "take": lambda: actions.take(**one),
        "take over": lambda: actions.take_over(**one, reason="They are ill."),
        "give": lambda: actions.give(**one, to=rng.choice(others)),
        "give back": lambda: actions.give_back(**one),
        "wait": lambda: actions.wait(**one),
        "reply": lambda: actions.reply(**one, text="Where?", wait=rng.random() < 0.5),
        "note": lambda: actions.note(**one, text="Called."),
        "raise": lambda: actions.raise_urgency(**one),
        "lower": lambda: actions.lower_urgency(**one, reason="She is safe."),
        "park": lambda: actions.park(**one, until=day),
        "unpark": lambda: actions.unpark(**one),
        "close": lambda: actions.close(**one, outcome=outcome, duplicate_of=of, reason="So."),
        "undo": lambda: actions.undo(**one),
        "reopen": lambda: actions.reopen(**one, reason="More came."),
    }
    verb = rng.choice(list(verbs))
    verbs[verb]()
    return verb


@pytest.mark.parametrize("seed", SEEDS)
def test_after_200_random_verbs_no_stage_went_back_but_by_opening_again(
    sam: Person, kim: Person, seed: int
) -> None:
    rng, people = Random(seed), [(one.officer, one.keys) for one in (sam, kim)]
    sent = [send(**told, what_happened=f"{n}") for n in range(2) for told in TOLD.values()]
    tips = [tip_of(receipt) for receipt in sent]
    before, seen = names(sent), set()
    for verb in verbs(rng, tips, people):
        now = names(sent)
        assert len(now) == len(sent)
        for was, at in zip(before, now, strict=True):
            is_back = STAGES.index(at) < STAGES.index(was)
            # Whoever opens a closed tip again works on it.
            assert not is_back or (verb in ("reopen", "undo") and was in CLOSED), (verb, was, at)
            assert not is_back or at in ("works", "passed") or verb == "undo"
        before, seen = now, seen | set(now)
    assert seen >= {"works", "passed", "closed"}


def verbs(rng: Random, tips: list[Tip], people: list[Hand]) -> Iterator[str]:
    """The verbs of 200 presses that were not refused."""
    others = [officer for officer, _ in people]
    for _ in range(200):
        tip = Tip.objects.get(pk=rng.choice(tips).pk)
        try:
            yield some_verb(rng, tip, rng.choice(people), others, tips)
        except Refused:
            continue
