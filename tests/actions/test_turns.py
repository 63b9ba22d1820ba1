"""Whatever anybody does, every open tip is exactly one person's turn, for each who looks."""

from datetime import timedelta
from random import Random

import pytest
from django.db.models import Q
from django.utils import timezone

from tests.cast import FIELDS, Person, send, settled, tip_of
from tips import actions
from tips.access import accounts
from tips.actions import Refused
from tips.admin.triage import filters
from tips.crypto import receipts
from tips.models import IS_OPEN, STANDS_APART, Officer, Recusal, Tip, Turn
from tips.models.vocabulary import SetAside

pytestmark = pytest.mark.django_db
# Each is a story of its own; the audit plays three of them.
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.audit) for seed in (1, 2))]
TURNS = ("take", "yours", "colleagues", "citizen", "agency", "parked")


def some_verb(rng: Random, tip: Tip, by: Officer, others: list[Officer]) -> None:
    """One press of an officer's, as likely refused as not."""
    if not tip.is_visible_to(by):
        raise Refused("The desk shows it to nobody who may not open it.")
    repeated = str(rng.choice(Tip.objects.order_by("pk")))
    day = timezone.localdate() + timedelta(days=rng.randrange(3))
    outcome = rng.choice(("junk", "helped", "not_enough"))
    to = rng.choice(others)
    rng.choice(
        (
            lambda: actions.take(tip=tip, by=by),
            lambda: actions.take_over(tip=tip, by=by, reason="Dana is ill."),
            lambda: actions.give(tip=tip, by=by, to=to),
            lambda: actions.give_back(tip=tip, by=by),
            lambda: actions.undo(tip=tip, by=by),
            lambda: actions.wait(tip=tip, by=by),
            lambda: actions.reply(tip=tip, by=by, text="Where?", wait=rng.random() < 0.5),
            lambda: actions.note(tip=tip, by=by, text="Called."),
            lambda: actions.raise_urgency(tip=tip, by=by),
            lambda: actions.lower_urgency(tip=tip, by=by, reason="She is safe."),
            lambda: actions.park(tip=tip, by=by, until=day),
            lambda: actions.unpark(tip=tip, by=by),
            lambda: actions.close(tip=tip, by=by, outcome=outcome, reason="Read twice."),
            lambda: actions.close(tip=tip, by=by, outcome="duplicate", duplicate_of=repeated),
            lambda: actions.reopen(tip=tip, by=by, reason="More came."),
            lambda: actions.unlink(tip=tip, by=by, reference=repeated),
            lambda: actions.restrict(tip=tip, by=by),
            lambda: actions.unrestrict(tip=tip, by=by, reason="No official is in it."),
            lambda: actions.recuse(tip=tip, by=by),
            lambda: actions.readmit(tip=tip, by=by, who=to, reason="Another family."),
            lambda: actions.hold(tip=tip, by=by, reason="For the court."),
            lambda: actions.transcribe(tip=tip, by=by, text="He is back.", is_danger=True),
        )
    )()


def something_else(rng: Random, code: str, boss: Person, others: list[Officer]) -> None:
    """A citizen who writes, a call, or somebody who loses access and gets it again."""
    page, who = receipts.new_idempotency_key(), rng.choice(others)

    def call() -> None:
        actions.receive_call(fields=FIELDS, channel="phone", by=who, idempotency_key=page)

    def write() -> None:
        danger = rng.random() < 0.3
        actions.receive_message(
            code=code, message="More.", photos=[], idempotency_key=page, danger=danger
        )

    def leave() -> None:
        if rng.random() < 0.5:
            accounts.deactivate(officer=who, by=boss.officer, held=boss.held)
            accounts.activate(officer=who, by=boss.officer)
        given = accounts.give_access(officer=who, by=boss.officer, held=boss.held)
        settled(who, given.words)

    def change_role() -> None:
        role = rng.choice((Officer.Role.OFFICER, Officer.Role.SUPERVISOR))
        accounts.change_role(officer=who, role=role, by=boss.officer, held=boss.held)

    # An account changes rarely: each time costs a derivation.
    rng.choice((write,) * 16 + (call,) * 2 + (leave, change_role))()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_turns_add_up_to_all_that_is_open_after_200_random_verbs(
    sam: Person, kim: Person, dana: Person, seed: int
) -> None:
    rng = Random(seed)
    others = [kim.officer, dana.officer]
    people = [sam.officer, *others]
    told = ({}, {"danger_now": "yes"}, {"under_18": "yes"}, {"official_involved": "yes"})
    sent = [send(**told[number % 4]) for number in range(10)]
    sent += [send(set_aside=aside) for aside in (SetAside.SPAM, SetAside.FLOOD)]
    done = 0
    for pressed in range(200):
        receipt = rng.choice(sent)
        try:
            if rng.random() < 0.2:
                something_else(rng, receipt.code or "", sam, others)
            else:
                by = Officer.objects.get(pk=rng.choice(people).pk)
                some_verb(rng, tip_of(receipt), by, people)
            done += 1
        except Refused:
            pass
        if pressed % 10 == 9:
            assert_they_add_up(people)
    assert done > 60


def assert_they_add_up(people: list[Officer]) -> None:
    for officer in Officer.objects.filter(pk__in=[person.pk for person in people]):
        found = filters.counts(officer)
        assert sum(found[turn] for turn in TURNS) == found["open"], found
        visible = Tip.objects.visible_to(officer).filter(IS_OPEN)
        apart = visible.filter(STANDS_APART, urgency__gt=Tip.Urgency.DANGER)
        assert found["open"] + apart.count() == visible.count()
        for_others = Q(turn=Turn.CLOSED) | Q(turn=Turn.TO_TAKE, owner__isnull=False)
        assert not visible.with_turn().filter(for_others).exists()
    # Nobody's turn is that of somebody who cannot open the tip.
    for tip in Tip.objects.open().exclude(owner=None).select_related("owner"):
        assert tip.owner in tip.who_open(), tip


def test_to_open_a_tip_moves_no_clock(kim: Person, dana: Person) -> None:
    tip = tip_of(send())
    actions.take(tip=tip, by=kim.officer)
    columns = ("status", "owner", "turn_since", "turn_until", "turn_cause", "urgency")
    before = Tip.objects.values(*columns).get(pk=tip.pk)
    for person in (kim, dana):
        actions.open_tip(tip=tip, by=person.officer, keys=person.keys)
    assert Tip.objects.values(*columns).get(pk=tip.pk) == before


def test_nobody_takes_what_they_may_not_open(sam: Person, kim: Person) -> None:
    """Restricted between the page and the press of *I am on it*, which carries no version."""
    restricted, known = tip_of(send(official_involved="yes")), tip_of(send())
    Recusal.objects.create(tip=known, officer=kim.officer)
    for tip in (restricted, known):
        with pytest.raises(Refused):
            actions.take(tip=tip, by=kim.officer)
        actions.take(tip=tip, by=sam.officer)
        with pytest.raises(Refused):
            actions.take_over(tip=tip, by=kim.officer, reason="Sam is ill.")
