"""The photos of a tip at the desk: which there are, who is shown which, and which nobody saw."""

from django.utils import timezone

from tests.cast import Person, send, tip_of, write
from tips import actions
from tips.crypto import sealing
from tips.crypto.sealing import Keyring
from tips.models import Event, Photo, Tip

ANOTHER_DESKS = Keyring.of(sealing.new_pair())


def now(tip: Tip) -> Tip:
    return Tip.objects.select_related("alarm").get(pk=tip.pk)


def test_messages_come_with_their_own_photos(sent: actions.Receipt, tip: Tip, kim: Person) -> None:
    write(sent, "", b"one", b"two")
    write(sent, "A third.", b"three")
    opened = actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    lines = [(line.number, line.text, line.photos, line.from_desk) for line in opened.messages]
    assert lines == [(1, "", (1, 2), False), (2, "A third.", (3,), False)]
    assert opened.photos == (1, 2, 3)


def test_a_photo_is_shown_with_an_event_and_to_whom_it_is_sealed(
    sent: actions.Receipt, tip: Tip, kim: Person
) -> None:
    write(sent, "", b"one", b"two")
    assert actions.show_photo(tip=tip, by=kim.officer, number=2, keys=kim.keys) == b"two"
    event = Event.objects.get(verb="photo")
    assert (event.by, event.count, event.reference) == ("kim", 2, tip.reference)
    assert actions.show_photo(tip=tip, by=kim.officer, number=3, keys=kim.keys) is None
    assert Event.objects.filter(verb="photo").count() == 1
    other = tip_of(send(what_happened="Another."))
    assert actions.show_photo(tip=other, by=kim.officer, number=1, keys=kim.keys) is None
    assert actions.show_photo(tip=tip, by=kim.officer, number=1, keys=ANOTHER_DESKS) == b""
    assert Photo.objects.count() == 2


def test_which_photos_are_locked_and_who_was_refused(
    sent: actions.Receipt, tip: Tip, kim: Person
) -> None:
    write(sent, "", b"one", b"two")
    Photo.objects.filter(number=2).update(locked_at=timezone.now())
    opened = actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    assert (opened.photos, opened.locked_photos) == ((1, 2), {2})
    assert actions.show_photo(tip=tip, by=kim.officer, number=2, keys=kim.keys) is None
    actions.open_tip(tip=now(tip), by=kim.officer, keys=ANOTHER_DESKS)
    refused = Event.objects.filter(verb="refused").order_by("-count")
    told = [(event.by, event.count, event.reference) for event in refused]
    assert sorted(told, key=str) == [("kim", 2, tip.reference), ("kim", None, tip.reference)]


def test_a_photo_is_unseen_until_somebody_was_shown_it(
    sent: actions.Receipt, tip: Tip, kim: Person
) -> None:
    other = send(what_happened="Another.")
    for receipt in (other, sent):
        write(receipt, "", b"one", b"two", b"three")
    write(sent, "", b"four")
    actions.show_photo(tip=tip, by=kim.officer, number=2, keys=kim.keys)
    actions.show_photo(tip=tip_of(other), by=kim.officer, number=1, keys=kim.keys)
    actions.open_tip(tip=now(tip), by=kim.officer, keys=kim.keys)
    assert actions.unseen_photos(tip=tip) == [1, 3, 4]
