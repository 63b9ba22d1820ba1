"""Who closes which tip how, and why; and links that are taken away."""

from datetime import date
from typing import Any

import pytest

from tests.cast import Person, send, tip_of
from tips import actions
from tips.actions import AlreadyDone, Refused, Stamp
from tips.crypto import receipts
from tips.models import Alarm, Event, Tip, TipLink

SPECIAL: dict[str, dict[str, Any]] = {
    "it is urgent": {"danger_now": "yes"},
    "somebody is under 18": {"under_18": "yes"},
    "it came from the person themselves": {"relation": "self"},
}
SENDS_NOBODY = ("junk", "no_basis", "not_enough")


@pytest.fixture
def tip(sam: Person) -> Tip:
    return tip_of(send())


def now(tip: Tip) -> Tip:
    return Tip.objects.get(pk=tip.pk)


def close(tip: Tip, by: Person, outcome: str, reason: str = "Looked into.", **more: str) -> None:
    actions.close(tip=now(tip), by=by.officer, outcome=outcome, reason=reason, **more)


@pytest.mark.parametrize("outcome", SENDS_NOBODY)
@pytest.mark.parametrize("why", SPECIAL)
def test_of_a_grave_tip_only_its_owner_or_a_supervisor_says_that_nobody_goes(
    sam: Person, kim: Person, dana: Person, outcome: str, why: str
) -> None:
    tip, another = (tip_of(send(what_happened=text, **SPECIAL[why])) for text in "ab")
    with pytest.raises(Refused, match=f"a supervisor, closes it so: {why}"):
        close(tip, kim, outcome)
    assert now(tip).is_open
    actions.take(tip=tip, by=kim.officer)
    with pytest.raises(Refused, match="a supervisor, closes it so"):
        close(tip, dana, outcome)
    close(tip, kim, outcome)
    close(another, sam, outcome)
    assert not now(tip).is_open
    assert not now(another).is_open


def test_of_a_colleagues_tip_too(kim: Person, dana: Person) -> None:
    tip = tip_of(send())
    actions.take(tip=tip, by=dana.officer)
    with pytest.raises(Refused, match="a colleague has it"):
        close(tip, kim, "junk")
    close(tip, kim, "helped")
    plain = tip_of(send(what_happened="Buy this."))
    close(plain, kim, "junk")
    assert not now(plain).is_open


@pytest.mark.parametrize("outcome", ["elsewhere", "no_basis", "not_enough", "junk", "false"])
def test_closing_says_why(sam: Person, outcome: str) -> None:
    tip = tip_of(send())
    with pytest.raises(Refused, match="Say why; the tip is still open"):
        close(tip, sam, outcome, reason=" ")
    close(tip, sam, outcome)


@pytest.mark.parametrize("outcome", ["passed_on", "helped"])
def test_what_ended_well_needs_no_reason(sam: Person, outcome: str) -> None:
    tip = tip_of(send())
    close(tip, sam, outcome, reason="")
    assert now(tip).outcome == outcome


def test_a_reference_under_another_outcome_is_asked_about(kim: Person) -> None:
    tip, other = tip_of(send()), tip_of(send(what_happened="The same van."))
    with pytest.raises(Refused, match="Choose Duplicate, or take the reference away"):
        close(tip, kim, "junk", duplicate_of=str(other))
    assert now(tip).is_open


@pytest.mark.parametrize("which", [0, 1])
def test_a_link_is_taken_away_from_either_side_once_neither_is_closed_by_it(
    kim: Person, which: int
) -> None:
    tips = tip_of(send()), tip_of(send(what_happened="The same van."))
    close(tips[0], kim, "duplicate", duplicate_of=str(tips[1]))
    side, other = tips[which], tips[1 - which]
    with pytest.raises(Refused, match=f"{tips[0]} is closed as a duplicate. Open it again first"):
        actions.unlink(tip=side, by=kim.officer, reference=str(other))
    actions.reopen(tip=tips[0], by=kim.officer, reason="Another van.")
    actions.unlink(tip=side, by=kim.officer, reference=str(other))
    assert not TipLink.objects.exists()
    event = Event.objects.get(verb="unlinked")
    assert (event.reference, event.about, event.by) == (str(side), str(other), "kim")
    with pytest.raises(Refused, match="is not linked to this one"):
        actions.unlink(tip=side, by=kim.officer, reference=str(other))


def test_no_other_link_and_none_to_a_tip_that_one_may_not_open_is_taken_away(
    tip: Tip, sam: Person, kim: Person
) -> None:
    other, third, to, fro = (tip_of(send(what_happened=text)) for text in "abcd")
    Tip.objects.filter(pk__in=(to.pk, fro.pk)).update(restricted=True)
    stay = {(one.pk, another.pk) for one, another in ((tip, third), (third, other), (other, third))}
    for one, another in (*stay, (tip.pk, to.pk), (fro.pk, tip.pk)):
        TipLink.objects.create(tip_id=one, other_id=another, kind="duplicate")
    TipLink.objects.create(tip=tip, other=other, kind="not_same")
    for reference in (str(other), str(to), str(fro)):
        with pytest.raises(Refused, match=f"{reference} is not linked to this one"):
            actions.unlink(tip=tip, by=kim.officer, reference=reference)
    for reference in (str(to), str(fro)):
        actions.unlink(tip=tip, by=sam.officer, reference=reference)
    assert set(TipLink.objects.values_list("tip", "other")) == stay | {(tip.pk, other.pk)}


def test_a_link_is_taken_away_once_and_not_by_a_page_from_before(tip: Tip, kim: Person) -> None:
    other = tip_of(send(what_happened="The same van."))
    TipLink.objects.create(tip=tip, other=other, kind="duplicate")
    press = Stamp(tip.version_token, receipts.new_idempotency_key())
    actions.raise_urgency(tip=tip, by=kim.officer)
    with pytest.raises(Refused, match="has changed"):
        actions.unlink(tip=tip, by=kim.officer, reference=str(other), stamp=press)
    press = Stamp(now(tip).version_token, press.once)
    actions.unlink(tip=tip, by=kim.officer, reference=str(other), stamp=press)
    with pytest.raises(AlreadyDone):
        actions.unlink(tip=tip, by=kim.officer, reference=str(other), stamp=press)


def test_who_has_the_tip_that_stays_is_not_alarmed_of_what_they_did_themselves(kim: Person) -> None:
    copy, kept = tip_of(send(danger_now="yes")), tip_of(send(what_happened="The same van."))
    actions.take(tip=kept, by=kim.officer)
    close(copy, kim, "duplicate", duplicate_of=str(kept))
    assert now(kept).urgency == Tip.Urgency.DANGER
    assert not Alarm.objects.exists()


def test_who_takes_over_says_why_and_the_trail_says_from_whom(kim: Person, dana: Person) -> None:
    tip = tip_of(send())
    actions.take(tip=tip, by=dana.officer)
    with pytest.raises(Refused, match=r"^Say why you take it over"):
        actions.take_over(tip=tip, by=kim.officer, reason=" ")
    actions.take_over(tip=tip, by=kim.officer, reason="Dana is ill.")
    assert now(tip).owner == kim.officer
    assert Event.objects.filter(verb="taken", by="kim", about="dana").get().reason
    for by in (kim, dana):
        actions.give_back(tip=tip, by=kim.officer) if by is dana else None
        with pytest.raises(Refused, match="has changed"):
            actions.take_over(tip=now(tip), by=by.officer, reason="Again.")


def test_who_answers_a_tip_that_nobody_has_takes_it_and_nobody_answers_a_colleagues(
    kim: Person, dana: Person
) -> None:
    tip = tip_of(send())
    actions.reply(tip=tip, by=kim.officer, text="Where?", wait=True)
    row = now(tip)
    assert (row.owner, row.status, row.hours_to_take) == (kim.officer, "asked", 0)
    with pytest.raises(Refused, match="kim has it"):
        actions.reply(tip=now(tip), by=dana.officer, text="Who?")
    with pytest.raises(Refused, match="kim has it"):
        actions.wait(tip=now(tip), by=dana.officer)
    assert [message.by for message in tip.messages.all()] == ["kim"]


def test_nobody_waits_for_an_answer_to_nothing(kim: Person) -> None:
    tip = tip_of(send())
    actions.take(tip=tip, by=kim.officer)
    with pytest.raises(Refused, match="Nothing was asked"):
        actions.wait(tip=now(tip), by=kim.officer)


@pytest.mark.parametrize(
    ("copy", "other", "becomes"),
    [
        ({"danger_now": "yes"}, {}, 0),
        ({"danger_now": "yes"}, {"under_18": "yes"}, 0),
        ({"under_18": "yes"}, {}, 1),
        ({"under_18": "yes"}, {"under_18": "yes"}, 1),
        ({}, {"danger_now": "yes"}, 0),
    ],
)
def test_the_tip_that_stays_is_as_urgent_as_its_copy_until_that_is_undone(
    kim: Person, dana: Person, copy: dict[str, str], other: dict[str, str], becomes: int
) -> None:
    tip, kept = tip_of(send(**copy)), tip_of(send(what_happened="The same van.", **other))
    actions.take(tip=kept, by=dana.officer)
    before = now(kept).urgency, list(Alarm.objects.filter(tip=kept).values_list("urgent"))
    close(tip, kim, "duplicate", duplicate_of=str(kept))
    assert now(kept).urgency == becomes
    # Whoever has it is told where it is urgent only now.
    is_told = copy.get("danger_now") == "yes"
    assert Alarm.objects.filter(tip=kept, urgent=True).exists() == is_told
    raised = Event.objects.filter(tip_id=kept.pk, verb="raised").values_list("by", "about")
    assert list(raised) == ([("kim", str(tip))] if becomes < before[0] else [])
    actions.undo(tip=now(tip), by=kim.officer)
    assert before == (now(kept).urgency, list(Alarm.objects.filter(tip=kept).values_list("urgent")))
    assert now(tip).is_open


def test_an_undone_copy_leaves_alone_what_somebody_has_done_meanwhile(
    kim: Person, dana: Person
) -> None:
    tip, kept = tip_of(send(danger_now="yes")), tip_of(send(what_happened="The same van."))
    close(tip, kim, "duplicate", duplicate_of=str(kept))
    actions.take(tip=now(kept), by=dana.officer)
    actions.undo(tip=now(tip), by=kim.officer)
    assert (now(kept).urgency, now(kept).owner) == (0, dana.officer)


def test_an_urgent_tip_is_no_copy_of_a_closed_one(kim: Person) -> None:
    tip, kept = tip_of(send(danger_now="yes")), tip_of(send(what_happened="The same van."))
    close(kept, kim, "helped")
    with pytest.raises(Refused, match=f"urgent, and {kept} is closed. Open {kept} again first"):
        close(tip, kim, "duplicate", duplicate_of=str(kept))
    assert now(tip).is_open
    assert not TipLink.objects.exists()
    calm = tip_of(send(what_happened="The same van, once more."))
    close(calm, kim, "duplicate", duplicate_of=str(kept))
    assert not now(calm).is_open


def test_closing_needs_an_outcome_and_can_be_undone_for_a_reason(tip: Tip, kim: Person) -> None:
    for outcome in ("", "won"):
        with pytest.raises(Refused):
            actions.close(tip=tip, by=kim.officer, outcome=outcome)
    actions.close(tip=tip, by=kim.officer, outcome="no_basis", reason="Nobody lives there.")
    assert (now(tip).status, now(tip).outcome) == ("closed", "no_basis")
    with pytest.raises(Refused):
        actions.close(tip=tip, by=kim.officer, outcome="helped")
    with pytest.raises(Refused):
        actions.reopen(tip=tip, by=kim.officer, reason="")
    actions.reopen(tip=tip, by=kim.officer, reason="A new answer.")
    assert (now(tip).status, now(tip).outcome) == ("active", "")


def test_a_reason_of_nothing_is_no_reason(tip: Tip, kim: Person) -> None:
    with pytest.raises(Refused, match="Say why"):
        actions.close(tip=tip, by=kim.officer, outcome="no_basis", reason=" \0 ")
    actions.close(tip=tip, by=kim.officer, outcome="passed_on", reason=" \0 ")
    assert Event.objects.get(verb="closed").reason is None


def test_knowingly_false_is_a_supervisors_word(tip: Tip, sam: Person, kim: Person) -> None:
    with pytest.raises(Refused):
        actions.close(tip=tip, by=kim.officer, outcome="false")
    actions.close(tip=tip, by=sam.officer, outcome="false", reason="They said so.")
    assert now(tip).outcome == "false"


def test_a_duplicate_names_the_tip_it_repeats(tip: Tip, kim: Person) -> None:
    other = tip_of(send())
    for reference in ("", "ZZ-0000", tip.reference or ""):
        with pytest.raises(Refused):
            actions.close(tip=tip, by=kim.officer, outcome="duplicate", duplicate_of=reference)
    assert now(tip).status == "new"
    assert not TipLink.objects.exists()
    actions.close(
        tip=tip, by=kim.officer, outcome="duplicate", duplicate_of=f" {other.reference.lower()} "
    )
    assert list(tip.links.values_list("other", "kind")) == [(other.pk, "duplicate")]


def test_closed_tips_take_no_other_verb(tip: Tip, kim: Person) -> None:
    actions.close(tip=tip, by=kim.officer, outcome="helped")
    for act in (
        lambda: actions.take(tip=tip, by=kim.officer),
        lambda: actions.give(tip=tip, by=kim.officer, to=kim.officer),
        lambda: actions.give_back(tip=tip, by=kim.officer),
        lambda: actions.raise_urgency(tip=tip, by=kim.officer),
        lambda: actions.park(tip=tip, by=kim.officer, until=date(2099, 1, 1)),
    ):
        with pytest.raises(Refused, match="closed"):
            act()
