"""What a citizen writes to a copy, a tip closed as a duplicate, rings at the first of its chain."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests import cast
from tests.cast import Person, send, tip_of
from tests.database.acting import acting_as
from tips import actions
from tips.access import accounts
from tips.actions import Receipt, Refused, Stamp
from tips.models import Alarm, Event, Recusal, Tip, TipLink, Turn

LONG_AGO = timezone.now() - timedelta(days=3)


def now(tip: Tip) -> Tip:
    row: Tip = Tip.objects.with_turn().get(pk=tip.pk)
    return row


def write(receipt: Receipt, *, danger: bool = False) -> None:
    with acting_as("public"):
        cast.write(receipt, "They moved her last night.", danger=danger)


def copy_of(main: Tip, by: Person, **fields: object) -> Receipt:
    receipt = send(**fields)
    actions.close(tip=tip_of(receipt), by=by.officer, outcome="duplicate", duplicate_of=str(main))
    return receipt


def reads(tip: Tip, by: Person) -> tuple[Tip, ...]:
    return actions.open_tip(tip=now(tip), by=by.officer, keys=by.keys).unread_copies


@pytest.fixture
def main(kim: Person) -> Tip:
    tip = tip_of(send(what_happened="The first."))
    actions.take(tip=tip, by=kim.officer)
    Tip.objects.filter(pk=tip.pk).update(turn_since=LONG_AGO)
    return tip


@pytest.mark.django_db
def test_the_first_has_the_turn_and_the_clock_and_the_copy_stays_closed(
    main: Tip, kim: Person
) -> None:
    receipt = copy_of(main, kim)
    write(receipt)
    assert (now(main).turn, now(main).why) == (Turn.OWNER, "A copy was written to")
    assert now(main).since >= tip_of(receipt).received_at
    assert (now(tip_of(receipt)).status, tip_of(receipt).outcome) == ("closed", "duplicate")
    assert not Alarm.objects.filter(tip__in=[main, tip_of(receipt)]).exists()
    assert Event.objects.filter(verb="copy_message", tip_id=main.pk).get().about == str(
        tip_of(receipt)
    )


@pytest.mark.django_db
def test_a_second_message_moves_no_clock(main: Tip, kim: Person) -> None:
    receipt = copy_of(main, kim)
    write(receipt)
    Tip.objects.filter(pk=main.pk).update(turn_since=LONG_AGO)
    write(receipt)
    assert now(main).turn_since == LONG_AGO


@pytest.mark.django_db
def test_a_closed_first_is_opened_again(main: Tip, kim: Person) -> None:
    receipt = copy_of(main, kim)
    actions.close(tip=main, by=kim.officer, outcome="helped")
    write(receipt)
    assert (now(main).turn, now(main).outcome, now(main).closed_on) == (Turn.OWNER, "", None)


@pytest.mark.django_db
@pytest.mark.parametrize("danger", [True, False])
def test_danger_alarms_at_the_first(main: Tip, kim: Person, danger: bool) -> None:
    receipt = copy_of(main, kim)
    write(receipt, danger=danger)
    assert (now(main).urgency == Tip.Urgency.DANGER) == danger
    assert list(Alarm.objects.values_list("tip", "urgent")) == ([(main.pk, True)] if danger else [])


@pytest.mark.django_db
def test_a_copy_that_was_urgent_makes_the_first_urgent(main: Tip, kim: Person) -> None:
    receipt = copy_of(main, kim, danger_now="yes")
    actions.lower_urgency(tip=now(main), by=kim.officer, reason="They are safe.")
    assert now(main).urgency == Tip.Urgency.OTHER
    write(receipt)
    assert now(main).urgency == Tip.Urgency.DANGER
    assert Alarm.objects.get(tip=main).urgent


@pytest.mark.django_db
def test_of_a_chain_the_first_rings(main: Tip, kim: Person) -> None:
    between = tip_of(send())
    receipt = copy_of(between, kim)
    actions.close(tip=between, by=kim.officer, outcome="duplicate", duplicate_of=str(main))
    write(receipt)
    assert now(main).turn_cause == "copy"
    assert now(between).status == now(tip_of(receipt)).status == "closed"
    assert [str(copy) for copy in reads(main, kim)] == [str(receipt.reference)]


@pytest.mark.django_db
def test_the_first_shows_what_is_unread_and_is_answered_only_after_it_was_read(
    main: Tip, kim: Person
) -> None:
    receipt = copy_of(main, kim)
    copy = tip_of(receipt)
    assert reads(main, kim) == ()
    write(receipt)
    assert reads(main, kim) == (copy,)
    with pytest.raises(Refused, match=f"{copy}, a copy of this tip, was written to"):
        actions.close(tip=now(main), by=kim.officer, outcome="helped")
    closed = {"outcome": "duplicate", "status": "closed", "closed_on": timezone.localdate()}
    Tip.objects.filter(pk=copy.pk).update(outcome="", status="active", closed_on=None)
    assert reads(main, kim) == ()  # opened again, it has a turn of its own
    Tip.objects.filter(pk=copy.pk).update(**closed)
    assert reads(main, kim) == (copy,)
    reads(copy, kim)
    assert reads(main, kim) == ()
    actions.close(tip=now(main), by=kim.officer, outcome="helped")


@pytest.mark.django_db
def test_an_answer_to_the_copy_is_an_answer_for_the_first(main: Tip, kim: Person) -> None:
    receipt = copy_of(main, kim)
    write(receipt)
    reads(tip_of(receipt), kim)
    actions.reply(tip=tip_of(receipt), by=kim.officer, text="Is she safe now?")
    assert (now(main).turn, now(main).turn_cause) == (Turn.OWNER, "answered")
    assert now(tip_of(receipt)).status == "closed"


@pytest.mark.django_db
def test_a_ring_that_nobody_dealt_with_goes_along_to_whoever_gets_the_tip(
    main: Tip, kim: Person, dana: Person
) -> None:
    write(copy_of(main, kim))
    since = now(main).turn_since
    actions.give(tip=main, by=kim.officer, to=dana.officer)
    assert (now(main).turn_cause, now(main).turn_since) == ("copy", since)


@pytest.mark.django_db
def test_a_ring_is_neither_undone_nor_lost_to_a_page_from_before(main: Tip, kim: Person) -> None:
    receipt = copy_of(main, kim)
    actions.raise_urgency(tip=now(main), by=kim.officer)
    actions.lower_urgency(tip=now(main), by=kim.officer, reason="They are safe.")
    for _ in ("the first", "another that changes no column"):
        seen = Stamp(now(main).version_token)
        write(receipt)
        with pytest.raises(Refused, match="A copy of this tip was written to meanwhile"):
            actions.park(tip=now(main), by=kim.officer, until=date(2099, 1, 1), stamp=seen)
        assert not now(main).may_be_undone_by(kim.officer)
        with pytest.raises(Refused, match="cannot be undone"):
            actions.undo(tip=now(main), by=kim.officer)
        opened = actions.open_tip(tip=now(main), by=kim.officer, keys=kim.keys)
        assert opened.version == now(main).version_token
    assert now(main).turn_cause == "copy"


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["restricted", "its people are known", "circle", "apart"])
def test_where_the_first_cannot_ring_the_copy_is_opened_again(
    main: Tip, kim: Person, dana: Person, why: str
) -> None:
    receipt = copy_of(main, kim)
    copy = tip_of(receipt)
    if why == "restricted":
        Tip.objects.filter(pk=copy.pk).update(restricted=True)
    elif why == "its people are known":
        Recusal.objects.create(tip=copy, officer=dana.officer)
    elif why == "apart":
        Tip.objects.filter(pk=main.pk).update(set_aside=1, owner=None)
    else:
        Tip.objects.filter(pk=main.pk).update(
            status="closed", outcome="duplicate", closed_on=timezone.localdate()
        )
        main.links.create(other=copy, kind="duplicate")
    write(receipt)
    assert (now(copy).status, now(copy).turn_cause) == ("active", "wrote")
    assert now(main).turn_cause == "taken"


@pytest.mark.django_db
def test_who_is_out_of_both_keeps_no_ring_away(main: Tip, kim: Person, dana: Person) -> None:
    receipt = copy_of(main, kim)
    for tip in (main, tip_of(receipt)):
        Recusal.objects.create(tip=tip, officer=dana.officer)
    write(receipt)
    assert now(main).turn_cause == "copy"


@pytest.mark.django_db
def test_what_is_said_on_the_phone_about_a_copy_rings_too(
    main: Tip, sam: Person, kim: Person
) -> None:
    receipt = copy_of(main, kim)
    actions.transcribe(tip=tip_of(receipt), by=sam.officer, text="He is back.", is_danger=True)
    assert (now(main).turn_cause, now(main).urgency) == ("copy", Tip.Urgency.DANGER)
    assert Alarm.objects.get().tip == main
    assert now(tip_of(receipt)).status == "closed"
    Alarm.objects.all().delete()
    actions.transcribe(tip=tip_of(receipt), by=kim.officer, text="He is back.", is_danger=True)
    assert not Alarm.objects.exists()  # its owner wrote it down


@pytest.mark.django_db
def test_a_closed_tip_whose_owner_lost_access_opens_as_nobodys(sam: Person, kim: Person) -> None:
    receipt = send()
    tip = tip_of(receipt)
    actions.take(tip=tip, by=kim.officer)
    actions.close(tip=tip, by=kim.officer, outcome="helped")
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    write(receipt)
    assert now(tip).turn == Turn.TO_TAKE


@pytest.mark.django_db
def test_an_answer_to_one_copy_answers_for_nothing_else(
    main: Tip, kim: Person, dana: Person
) -> None:
    """Not for a colleague's tip, for one of another copy, or that waits for another reason."""
    theirs, other = tip_of(send(what_happened="Theirs.")), tip_of(send(what_happened="Other."))
    actions.take(tip=theirs, by=dana.officer)
    actions.take(tip=other, by=kim.officer)
    receipt = copy_of(main, kim)
    TipLink.objects.create(tip=tip_of(receipt), other=theirs, kind=TipLink.Kind.DUPLICATE)
    write(receipt)
    write(copy_of(other, kim))
    assert {now(tip).turn_cause for tip in (main, theirs, other)} == {"copy"}
    assert [str(copy) for copy in reads(main, kim)] == [receipt.reference]
    Tip.objects.filter(pk=main.pk).update(turn_cause="wrote")
    open_and_answer(receipt, kim)
    assert [now(tip).turn_cause for tip in (main, theirs, other)] == ["wrote", "copy", "copy"]


def open_and_answer(receipt: Receipt, by: Person) -> None:
    reads(tip_of(receipt), by)
    actions.reply(tip=now(tip_of(receipt)), by=by.officer, text="Are you safe?")
