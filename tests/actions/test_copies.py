"""What was written to a tip's copies and not read yet, and by which answer it is answered."""

import pytest

from tests.cast import Person, send, tip_of, write
from tips import actions
from tips.actions import Receipt, copies
from tips.models import Event, Tip


@pytest.fixture
def main(kim: Person) -> Tip:
    tip = tip_of(send(what_happened="The first."))
    actions.take(tip=tip, by=kim.officer)
    return tip


def copy_of(main: Tip, by: Person, **fields: object) -> Receipt:
    receipt = send(**fields)
    actions.close(tip=tip_of(receipt), by=by.officer, outcome="duplicate", duplicate_of=str(main))
    return receipt


def test_a_copy_is_unread_until_the_officer_opens_it_and_again_once_more_is_written(
    main: Tip, kim: Person, dana: Person
) -> None:
    silent, one, other = (copy_of(main, kim, danger_now=danger) for danger in ("yes", "", ""))
    assert copies.unread(main, kim.officer) == []  # though the trail names the urgent one
    for receipt in (one, other):
        write(receipt)
    written = sorted((tip_of(one), tip_of(other)), key=str)
    assert copies.unread(main, kim.officer) == written
    actions.open_tip(tip=tip_of(one), by=dana.officer, keys=dana.keys)
    Event.objects.record("photo", tip=tip_of(one), by=kim.officer, count=9)
    assert copies.unread(main, kim.officer) == written
    actions.open_tip(tip=tip_of(one), by=kim.officer, keys=kim.keys)
    assert copies.unread(main, kim.officer) == [tip_of(other)]
    write(one)
    assert copies.unread(main, kim.officer) == written
    assert copies.unread(tip_of(silent), kim.officer) == []
    Tip.objects.filter(reference=one.reference).update(restricted=True)
    assert copies.unread(main, kim.officer) == [tip_of(other)]


def test_the_first_tip_s_page_names_the_copies_that_were_written_to(main: Tip, kim: Person) -> None:
    def named(tip: Tip) -> tuple[Tip, ...]:
        shown = Tip.objects.with_turn().select_related("alarm").get(pk=tip.pk)
        return actions.open_tip(tip=shown, by=kim.officer, keys=kim.keys).unread_copies

    receipt = copy_of(main, kim)
    assert named(main) == ()
    write(receipt)
    assert named(main) == (tip_of(receipt),)
    assert named(tip_of(receipt)) == named(main) == ()


def test_an_answer_to_a_copy_answers_its_first_tip(main: Tip, kim: Person) -> None:
    receipt = copy_of(main, kim)
    write(receipt)
    assert Tip.objects.get(pk=main.pk).turn_cause == "copy"
    actions.open_tip(tip=tip_of(receipt), by=kim.officer, keys=kim.keys)
    actions.reply(tip=tip_of(receipt), by=kim.officer, text="Are you safe?")
    assert Tip.objects.get(pk=main.pk).turn_cause == "answered"


def test_an_answer_to_a_copy_answers_no_tip_that_its_trail_only_names(
    main: Tip, kim: Person
) -> None:
    receipt, elsewhere = copy_of(main, kim), tip_of(send(what_happened="Another."))
    actions.take(tip=elsewhere, by=kim.officer)
    Event.objects.record("unlinked", tip=elsewhere, by=kim.officer, about=receipt.reference)
    write(receipt)
    Tip.objects.filter(pk=elsewhere.pk).update(turn_cause="copy")
    copies.answer_first_tips(tip_of(receipt), kim.officer)
    causes = dict(Tip.objects.values_list("pk", "turn_cause"))
    assert (causes[main.pk], causes[elsewhere.pk]) == ("answered", "copy")
