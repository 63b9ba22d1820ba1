"""Which tips are offered as the same, to whom, and what an officer's "not the same" does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Person, send, tip_of
from tips import actions
from tips.actions import AlreadyDone, Refused, Stamp, alike
from tips.crypto import receipts
from tips.models import Event, Tip, TipLink
from tips.models.vocabulary import SetAside

pytestmark = pytest.mark.django_db
STORY = (
    "The lady who works for my neighbours sleeps on a mat in the laundry room. At the gate she"
    " said they keep her passport, and then the owner called her in at once."
)


@pytest.fixture(autouse=True)
def desk(sam: Person) -> None:
    """A desk to seal to."""


def tip_with(text: str, **fields: object) -> Tip:
    return tip_of(send(what_happened=text, **fields))


def offered(tip: Tip, person: Person) -> dict[str, tuple[str, ...]]:
    """Why each is offered beside the tip, by reference."""
    return {one.reference: one.reasons for one in looked(tip, person).tips}


def looked(tip: Tip, person: Person) -> actions.LooksLike:
    now = Tip.objects.with_turn().select_related("alarm").get(pk=tip.pk)
    keys = person.keys
    opened = actions.open_tip(tip=now, by=person.officer, keys=keys)
    return actions.looks_like(tip=now, opened=opened, by=person.officer, keys=keys)


def test_a_telephone_a_plate_and_most_of_the_words_are_reasons(kim: Person) -> None:
    tip = tip_with(STORY, vehicles_phones_online="A jeep, PA 1234. He calls from 758 284 1234")
    phone = tip_with("Men in a house.", contact_details="+1 (758) 284-1234")
    plate = tip_with("A jeep again", place="where P.A.-1234 stands")
    again = tip_with(f"I lost my code. {STORY}")
    for number in range(10):
        tip_with(f"Boat {number} in the harbour, with young men who may not go ashore alone.")
    assert offered(tip, kim) == {
        str(phone): ("same phone",),
        str(plate): ("same plate",),
        str(again): ("same words",),
    }
    both = tip_with(f"{STORY} It is PA1234.")
    best = looked(tip, kim).best
    assert best
    assert (best.pk, best.reasons) == (both.pk, ("same plate", "same words"))
    assert looked(tip, kim).more == 0


def test_what_the_citizen_adds_counts_and_what_the_desk_writes_does_not(kim: Person) -> None:
    tip = tip_with("Something is wrong there.", place="PA 1234")
    receipt = send(what_happened="They left.")
    words = {"code": receipt.code or "", "message": "In PA1234", "photos": []}
    actions.receive_message(**words, idempotency_key=receipts.new_idempotency_key())
    noted = tip_with("Nothing more.")
    actions.note(tip=noted, by=kim.officer, text="Not PA 1234.")
    assert offered(tip, kim) == {receipt.reference: ("same plate",)}
    there = tip_of(receipt)
    tip_with("Another matter.", place="PB 5555")
    assert offered(there, kim) == {str(tip): ("same plate",)}
    actions.reply(tip=there, by=kim.officer, text="Not PB 5555?")
    assert offered(there, kim) == {str(tip): ("same plate",)}


def test_restricted_tips_are_compared_for_supervisors_alone(sam: Person, kim: Person) -> None:
    tip, secret = tip_with(STORY), tip_with(STORY, official_involved="yes")
    assert offered(tip, kim) == {}
    assert list(offered(tip, sam)) == [str(secret)]


def test_closed_ones_are_compared_for_90_days_and_what_stands_apart_never(kim: Person) -> None:
    tip, lately, long_ago = (tip_with(STORY) for _ in range(3))
    tip_of(send(what_happened=STORY, set_aside=SetAside.SPAM))
    for closed, days in ((lately, 90), (long_ago, 91)):
        actions.close(tip=closed, by=kim.officer, outcome="helped")
        day = timezone.localdate() - timedelta(days=days)
        Tip.objects.filter(pk=closed.pk).update(closed_on=day)
    assert list(offered(tip, kim)) == [str(lately)]


def test_what_is_linked_already_is_not_offered(kim: Person) -> None:
    first, again = tip_with(STORY), tip_with(STORY)
    actions.open_tip(tip=again, by=kim.officer, keys=kim.keys)
    actions.close(tip=again, by=kim.officer, outcome="duplicate", duplicate_of=str(first))
    assert offered(first, kim) == offered(again, kim) == {}


def test_not_the_same_is_remembered_for_the_pair_from_either_side(
    kim: Person, dana: Person
) -> None:
    tip, other, third = (tip_with(STORY) for _ in range(3))
    actions.not_same(tip=tip, by=kim.officer, other=f"#{other}.")
    actions.not_same(tip=other, by=dana.officer, other=str(tip))
    assert list(offered(tip, dana)) == list(offered(other, kim)) == [str(third)]
    assert set(offered(third, kim)) == {str(tip), str(other)}
    assert [link.kind for link in TipLink.objects.all()] == ["not_same"]
    said = Event.objects.filter(verb="not_same").order_by("at")
    assert [(one.by, one.reference, one.about) for one in said] == [
        ("kim", str(tip), str(other)),
        ("dana", str(other), str(tip)),
    ]
    opened = actions.open_tip(tip=tip, by=kim.officer, keys=kim.keys)
    assert opened.links == opened.linked_from == ()


def test_not_the_same_as_nothing_is_refused(kim: Person) -> None:
    tip, secret = tip_with(STORY), tip_with(STORY, official_involved="yes")
    said = "which tip it is not|There is no tip [A-Z0-9-]+ that you"
    for typed in ("", "KD", "BB-0000", str(tip), str(secret)):
        with pytest.raises(Refused, match=said):
            actions.not_same(tip=tip, by=kim.officer, other=typed)
    assert not TipLink.objects.exists()
    assert not Event.objects.filter(verb="not_same").exists()


@pytest.mark.parametrize("name", ["not_same", "maybe_same"])
def test_it_is_said_once_by_a_press_and_on_a_page_from_before_too(kim: Person, name: str) -> None:
    act = getattr(actions, name)
    tip, other = tip_with(STORY), tip_with(STORY)
    if name == "maybe_same":
        actions.not_same(tip=tip, by=kim.officer, other=str(other))
    press = Stamp("of another version", receipts.new_idempotency_key())
    act(tip=tip, by=kim.officer, other=str(other), stamp=press)
    with pytest.raises(AlreadyDone):
        act(tip=tip, by=kim.officer, other=str(other), stamp=press)


def test_not_the_same_is_taken_back_from_either_side_and_they_are_compared_again(
    kim: Person, dana: Person
) -> None:
    tip, other = tip_with(STORY), tip_with(STORY)
    actions.not_same(tip=tip, by=kim.officer, other=str(other))
    for one, another in ((tip, other), (other, tip)):
        opened = actions.open_tip(tip=one, by=dana.officer, keys=dana.keys)
        assert opened.told_apart == (another,)
    actions.maybe_same(tip=other, by=dana.officer, other=f" {str(tip).lower()}")
    assert list(offered(tip, kim)) == [str(other)]
    assert actions.open_tip(tip=tip, by=kim.officer, keys=kim.keys).told_apart == ()
    (said,) = Event.objects.filter(verb="maybe_same")
    assert (said.by, said.reference, said.about) == ("dana", str(other), str(tip))
    with pytest.raises(Refused, match="not told apart"):
        actions.maybe_same(tip=tip, by=kim.officer, other=str(other))
    assert Event.objects.filter(verb="maybe_same").count() == 1


def test_a_pair_with_a_restricted_tip_is_listed_and_taken_back_by_supervisors_alone(
    sam: Person, kim: Person
) -> None:
    tip, secret = tip_with(STORY), tip_with(STORY, official_involved="yes")
    actions.not_same(tip=tip, by=sam.officer, other=str(secret))
    opened = actions.open_tip(tip=tip, by=kim.officer, keys=kim.keys)
    assert opened.told_apart == ()
    with pytest.raises(Refused, match=f"There is no tip {secret} that you may open"):
        actions.maybe_same(tip=tip, by=kim.officer, other=str(secret))
    assert TipLink.objects.exists()
    actions.maybe_same(tip=tip, by=sam.officer, other=str(secret))
    assert not TipLink.objects.exists()


def test_of_many_pairs_one_is_told_apart_and_taken_back(kim: Person) -> None:
    tip, other, third = (tip_with(text) for text in "abc")
    stay = {(one.pk, another.pk) for one, another in ((third, other), (tip, third), (third, tip))}
    stay |= {(other.pk, third.pk)}
    for one, another in stay:
        TipLink.objects.create(tip_id=one, other_id=another, kind="not_same")
    actions.not_same(tip=tip, by=kim.officer, other=str(other))
    links = TipLink.objects.values_list("tip", "other")
    assert set(links) == stay | {(tip.pk, other.pk)}
    actions.maybe_same(tip=tip, by=kim.officer, other=str(other))
    assert set(links.all()) == stay


def test_taking_back_leaves_a_duplicate_s_link_alone(kim: Person) -> None:
    first, again = tip_with(STORY), tip_with(STORY)
    actions.not_same(tip=first, by=kim.officer, other=str(again))
    TipLink.objects.create(tip=again, other=first, kind="duplicate")
    actions.maybe_same(tip=first, by=kim.officer, other=str(again))
    assert [link.kind for link in TipLink.objects.all()] == ["duplicate"]


def test_it_stops_by_its_clock_and_says_so(kim: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    tip, _other = tip_with(STORY), tip_with(STORY)
    monkeypatch.setattr(alike, "SECONDS", -1.0)
    found = looked(tip, kim)
    assert (found.tips, found.compared, found.stopped) == ((), 0, True)


def test_beside_no_other_tip_nothing_was_left_out(kim: Person) -> None:
    assert looked(tip_with(STORY), kim) == actions.LooksLike((), 0, 0, stopped=False)


def test_the_rest_of_a_long_list_is_counted(kim: Person) -> None:
    tip = tip_with("One", place="PA 1234")
    for number in range(7):
        tip_with(f"Number {number}", place="PA 1234")
    found = looked(tip, kim)
    assert (len(found.tips), found.more, found.compared) == (5, 2, 7)


def test_a_mark_that_many_have_tells_nothing(kim: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tips.search.likeness.COMMON", 1)
    tip = tip_with("One", place="PA 1234 and PB 5555")
    tip_with("Two", place="PA 1234")
    tip_with("Three", place="PA 1234")
    only = tip_with("Four", place="PB 5555")
    assert list(offered(tip, kim)) == [str(only)]


def test_comparing_opens_nothing_for_anybody(kim: Person) -> None:
    tip, other = tip_with(STORY), tip_with(STORY)
    assert list(offered(tip, kim)) == [str(other)]
    opened = Event.objects.filter(verb="opened").values_list("tip_id", flat=True)
    assert set(opened) == {tip.pk}
