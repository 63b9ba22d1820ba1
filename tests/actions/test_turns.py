"""Whatever anybody does, every open tip is exactly one person's turn, for each who looks."""

from datetime import timedelta
from random import Random

import pytest
from django.db.models import Q
from django.utils import timezone

from tests.cast import Person, send, tip_of
from tips import actions
from tips.actions import Refused
from tips.admin.triage import filters
from tips.models import IS_OPEN, STANDS_APART, Officer, Tip, Turn
from tips.models.vocabulary import SetAside

pytestmark = pytest.mark.django_db
# Each is a story of its own; the audit plays three of them.
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.audit) for seed in (1, 2))]
TURNS = ("take", "yours", "colleagues", "citizen", "agency", "parked")


def some_verb(rng: Random, tip: Tip, by: Officer, others: list[Officer]) -> None:
    """One press, as likely refused as not."""
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
            lambda: actions.reopen(tip=tip, by=by, reason="More came."),
        )
    )()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_turns_add_up_to_all_that_is_open_after_200_random_verbs(
    sam: Person, kim: Person, dana: Person, seed: int
) -> None:
    rng = Random(seed)
    people = [sam.officer, kim.officer, dana.officer]
    told = ({}, {"danger_now": "yes"}, {"under_18": "yes"}, {"official_involved": "yes"})
    tips = [tip_of(send(**told[number % 4])) for number in range(10)]
    tips += [tip_of(send(set_aside=aside)) for aside in (SetAside.SPAM, SetAside.FLOOD)]
    done = 0
    for pressed in range(200):
        tip, by = Tip.objects.get(pk=rng.choice(tips).pk), rng.choice(people)
        try:
            some_verb(rng, tip, by, people)
            done += 1
        except Refused:
            pass
        if pressed % 10 == 9:
            assert_they_add_up(people)
    assert done > 60


def assert_they_add_up(people: list[Officer]) -> None:
    for officer in people:
        found = filters.counts(officer)
        assert sum(found[turn] for turn in TURNS) == found["open"], found
        visible = Tip.objects.visible_to(officer).filter(IS_OPEN)
        apart = visible.filter(STANDS_APART, urgency__gt=Tip.Urgency.DANGER)
        assert found["open"] + apart.count() == visible.count()
        for_others = Q(turn=Turn.CLOSED) | Q(turn=Turn.TO_TAKE, owner__isnull=False)
        assert not visible.with_turn().filter(for_others).exists()


def test_to_open_a_tip_moves_no_clock(kim: Person, dana: Person) -> None:
    tip = tip_of(send())
    actions.take(tip=tip, by=kim.officer)
    columns = ("status", "owner", "turn_since", "turn_until", "turn_cause", "urgency")
    before = Tip.objects.values(*columns).get(pk=tip.pk)
    for person in (kim, dana):
        actions.open_tip(tip=tip, by=person.officer, keys=person.keys)
    assert Tip.objects.values(*columns).get(pk=tip.pk) == before
