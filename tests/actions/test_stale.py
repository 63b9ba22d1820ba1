"""Who comes second, with a page from before, is told what happened meanwhile."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.cast import Person, send, tip_of, write
from tips import actions
from tips.actions import Refused, Stamp
from tips.crypto import receipts
from tips.models import Event, Message, Officer, Tip, Turn

LONG_AGO = timezone.now() - timedelta(hours=5, minutes=30)


@pytest.fixture
def tip(sam: Person) -> Tip:
    return tip_of(send())


def now(tip: Tip) -> Tip:
    return Tip.objects.get(pk=tip.pk)


def test_who_comes_second_is_told_what_the_tip_has_become(
    tip: Tip, kim: Person, dana: Person
) -> None:
    actions.take(tip=tip, by=kim.officer)
    said = r"it is active and {}\. Nothing was done"
    with pytest.raises(Refused, match=said.format("you have it")):
        actions.take(tip=tip, by=kim.officer)
    with pytest.raises(Refused, match=said.format("kim has it")):
        actions.take(tip=tip, by=dana.officer)
    seen = now(tip).version_token
    actions.give_back(tip=tip, by=kim.officer)
    with pytest.raises(Refused, match=said.format("nobody has it")):
        actions.unpark(tip=tip, by=dana.officer, stamp=Stamp(seen))


def test_whose_words_crossed_ours_is_said(sam: Person, kim: Person, dana: Person) -> None:
    receipt = send()
    tip = tip_of(receipt)
    seen = tip.version_token
    actions.reply(tip=tip, by=dana.officer, text="Are you safe?")
    with pytest.raises(Refused, match="dana has answered meanwhile"):
        actions.reply(tip=tip, by=kim.officer, text="Hello.", stamp=Stamp(seen))
    write(receipt, "Yes.")
    with pytest.raises(Refused, match=r"^The citizen has written meanwhile\. Nothing was done"):
        actions.unpark(tip=tip, by=kim.officer, stamp=Stamp(seen))
    seen = now(tip).version_token
    actions.raise_urgency(tip=tip, by=dana.officer)
    with pytest.raises(Refused, match="it is active, urgent and dana has it"):
        actions.unpark(tip=tip, by=kim.officer, stamp=Stamp(seen))
    seen = now(tip).version_token
    actions.lower_urgency(tip=now(tip), by=dana.officer, reason="She is safe.")
    actions.restrict(tip=tip, by=sam.officer)
    said = "it is active, not urgent any more, restricted and nobody has it"
    with pytest.raises(Refused, match=said):
        actions.unpark(tip=tip, by=kim.officer, stamp=Stamp(seen))


def test_another_day_until_which_it_waits_is_said(tip: Tip, kim: Person) -> None:
    actions.take(tip=tip, by=kim.officer)
    actions.park(tip=tip, by=kim.officer, until=date(2099, 1, 1))
    seen = now(tip).version_token
    actions.park(tip=tip, by=kim.officer, until=date(2099, 2, 3))
    with pytest.raises(Refused, match="it is parked until 3 February and kim has it"):
        actions.unpark(tip=tip, by=kim.officer, stamp=Stamp(seen))
    seen = now(tip).version_token
    actions.raise_urgency(tip=tip, by=kim.officer)
    with pytest.raises(Refused, match="it is parked, urgent and kim has it"):
        actions.unpark(tip=tip, by=kim.officer, stamp=Stamp(seen))
    seen = now(tip).version_token
    actions.unpark(tip=tip, by=kim.officer)
    with pytest.raises(Refused, match="it is active and kim has it"):
        actions.unpark(tip=tip, by=kim.officer, stamp=Stamp(seen))


def test_nobody_waits_for_an_answer_that_comes_at_the_same_moment(sam: Person, kim: Person) -> None:
    receipt = send()
    tip = tip_of(receipt)
    actions.reply(tip=tip, by=kim.officer, text="Is she safe?")
    looked_at = now(tip)
    assert looked_at.newest_message == (1, True)
    write(receipt, "No.")
    with pytest.raises(Refused, match="read it first"):
        actions.wait(tip=looked_at, by=kim.officer)


def test_a_copy_that_was_written_to_meanwhile_is_read_first(tip: Tip, kim: Person) -> None:
    receipt = send(what_happened="The same van.")
    copy = tip_of(receipt)
    actions.take(tip=tip, by=kim.officer)
    actions.close(tip=copy, by=kim.officer, outcome="duplicate", duplicate_of=str(tip))
    seen = now(tip).version_token
    write(receipt)
    with pytest.raises(Refused, match=r"^A copy of this tip was written to meanwhile, or a photo"):
        actions.raise_urgency(tip=tip, by=kim.officer, stamp=Stamp(seen))
    with pytest.raises(Refused, match=f"{copy}, a copy of this tip, was written to"):
        actions.close(tip=tip, by=kim.officer, outcome="helped")
    actions.open_tip(tip=copy, by=kim.officer, keys=kim.keys)
    actions.close(tip=tip, by=kim.officer, outcome="helped")
    assert not now(tip).is_open


def test_a_press_is_known_to_whoever_made_it(tip: Tip, kim: Person, dana: Person) -> None:
    press = Stamp(once=receipts.new_idempotency_key())
    assert not actions.was_pressed(press, kim.officer)
    actions.take(tip=tip, by=kim.officer, stamp=press)
    assert actions.was_pressed(press, kim.officer)
    assert not actions.was_pressed(press, dana.officer)
    assert not actions.was_pressed(Stamp(), kim.officer)


@pytest.mark.parametrize("seen", ["x", "...", "new.2...0.0." + "9" * 5000, "🙂" * 7])
def test_an_odd_token_is_a_form_from_before(tip: Tip, kim: Person, seen: str) -> None:
    with pytest.raises(Refused, match="This tip has changed: it is new"):
        actions.take(tip=tip, by=kim.officer, stamp=Stamp(seen))


def test_only_opening_this_tip_oneself_is_reading_it(
    sam: Person, kim: Person, dana: Person
) -> None:
    receipt, other = send(), send(what_happened="Another.")
    for each in (receipt, other):
        write(each)
    tip = tip_of(receipt)
    actions.open_tip(tip=tip_of(other), by=kim.officer, keys=kim.keys)
    actions.open_tip(tip=tip, by=dana.officer, keys=dana.keys)
    Event.objects.record("photo", tip=tip, by=kim.officer, count=9)
    actions.take(tip=tip, by=kim.officer)
    with pytest.raises(Refused, match="read it first"):
        actions.close(tip=tip, by=kim.officer, outcome="helped")
    actions.open_tip(tip=tip, by=kim.officer, keys=kim.keys)
    actions.close(tip=tip, by=kim.officer, outcome="helped")


def test_the_second_to_take_is_told_who_has_it(tip: Tip, kim: Person, dana: Person) -> None:
    seen = tip.version_token
    actions.take(tip=tip, by=kim.officer, stamp=Stamp(seen))
    with pytest.raises(Refused, match="kim has it"):
        actions.take(tip=tip, by=dana.officer, stamp=Stamp(seen))
    assert now(tip).owner == kim.officer
    assert Event.objects.get(verb="taken").by == "kim"


def test_a_form_shown_before_a_change_changes_nothing(tip: Tip, kim: Person, dana: Person) -> None:
    seen = tip.version_token
    actions.raise_urgency(tip=tip, by=kim.officer)
    with pytest.raises(Refused):
        actions.close(tip=tip, by=dana.officer, outcome="helped", stamp=Stamp(seen))
    with pytest.raises(Refused):
        actions.reply(tip=tip, by=dana.officer, text="Hello", stamp=Stamp(seen))
    with pytest.raises(Refused):
        actions.give(tip=tip, by=dana.officer, to=dana.officer, stamp=Stamp("nonsense"))
    assert now(tip).status == "new"
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "act",
    [
        lambda tip, by: actions.close(
            tip=tip, by=by, outcome="helped", stamp=Stamp(tip.version_token)
        ),
        lambda tip, by: actions.reply(tip=tip, by=by, text="Thank you.", wait=True),
    ],
    ids=["close", "reply"],
)
def test_an_answer_that_came_meanwhile_must_be_read_first(
    kim: Person, act: Callable[[Tip, Officer], None]
) -> None:
    receipt = send()
    tip = tip_of(receipt)
    actions.take(tip=tip, by=kim.officer)
    actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    write(receipt, "She is in danger now.")
    with pytest.raises(Refused, match="read it first"):
        act(now(tip), kim.officer)
    assert Tip.objects.with_turn().get(pk=tip.pk).turn == Turn.OWNER
    actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    act(now(tip), kim.officer)
    assert Tip.objects.with_turn().get(pk=tip.pk).turn != Turn.OWNER
