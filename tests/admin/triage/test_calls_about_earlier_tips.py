"""What is said on the phone, or brought along, about a tip that is there already."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

from tests.admin.desk import enter, events, field, new_tip, output, stamp_of, url_of
from tests.admin.triage.calling import ADD, WORDS, complete_of, document, sent, typed
from tests.browser import pictures
from tests.cast import Person, send, tip_of
from tips import actions
from tips.models import Alarm, Message, Photo, Tip, Turn

pytestmark = pytest.mark.django_db


def test_who_opened_it_meanwhile_is_named_and_the_words_become_a_message(
    kim: Person, dana: Person
) -> None:
    client, form = enter(kim), typed(kim, danger_now="yes")
    code = output(sent(client, ADD, form, "keep"), "receipt-code")
    tip = Tip.objects.get()
    enter(dana).get(url_of(tip))
    form["code"] = code
    page = sent(client, complete_of(tip), form | {"what_happened": WORDS}, "save")
    assert "dana has opened this tip meanwhile" in page
    assert output(page, "receipt-code") == code  # the caller is still on the line
    assert WORDS in page
    assert f'action="{url_of(tip, "transcribe/")}"' in page
    hidden = {name: field(page, name) for name in ("officer", "seen", "once")}
    assert client.post(url_of(tip, "transcribe/"), hidden | {"said": WORDS}).status_code == 303
    assert WORDS in enter(dana).get(url_of(tip)).content.decode()
    assert Message.objects.get().channel == "phone"


def test_a_second_call_about_an_earlier_tip_becomes_a_message_said_on_the_phone(
    kim: Person, dana: Person, as_desk: Callable[[], None]
) -> None:
    receipt = send(danger_now="yes")
    tip = tip_of(receipt)
    actions.take(tip=tip, by=dana.officer)
    client = enter(kim)
    as_desk()
    answer = client.post(ADD, typed(kim, earlier_tip=(receipt.reference or "").lower()))
    where = url_of(tip, "transcribe/")
    assert answer.headers["Location"] == where
    page = client.get(where).content.decode()
    assert events("opened") == []  # the page shows nothing of the tip
    hidden = {name: field(page, name) for name in ("officer", "seen", "once")}
    words = f"They moved him. My code is {receipt.code}."
    for _ in range(3):
        client.post(where, hidden | {"said": words})
    message = Message.objects.get()
    assert (message.channel, message.by, message.from_desk) == ("phone", "kim", False)
    assert message.at.minute == 0
    assert Alarm.objects.get(tip=tip).urgent  # for dana, who does not know yet
    tip = Tip.objects.with_turn().get()
    assert (tip.turn, tip.turn_cause) == (Turn.OWNER, "wrote")
    page = client.get(url_of(tip)).content.decode()
    assert "They moved him" in page
    assert "written down by kim" in page
    assert receipt.code not in page


def test_what_was_typed_before_the_reference_goes_along(kim: Person) -> None:
    tip = new_tip()
    form = typed(kim, earlier_tip=tip.reference, what_happened=WORDS)
    page = sent(enter(kim), ADD, form, "look")
    assert f'action="{url_of(tip, "transcribe/")}"' in page
    assert WORDS in page
    assert Tip.objects.count() == 1


def test_a_reference_that_one_may_not_open_looks_like_none_and_goes_along(
    kim: Person, sam: Person
) -> None:
    restricted = new_tip(official_involved="yes")
    client = enter(kim)
    form = typed(kim, earlier_tip=restricted.reference, what_happened=WORDS)
    shown = sent(client, ADD, form, "look")
    assert f"There is no tip {restricted.reference} that you may open" in shown
    assert WORDS in shown
    missing = sent(client, ADD, form | {"earlier_tip": "ZZ-0000"}, "look")
    assert "There is no tip ZZ-0000 that you may open" in missing
    assert "A reference looks like" in sent(client, ADD, form | {"earlier_tip": "boat"}, "look")
    sent(client, ADD, form, "save")
    tip = Tip.objects.exclude(pk=restricted.pk).get()
    assert document(sam, tip)["earlier_tip"] == restricted.reference


def test_a_closed_tip_is_open_again_after_what_was_said(kim: Person) -> None:
    tip = new_tip()
    actions.open_tip(tip=tip, by=kim.officer, keys=kim.keys)
    actions.close(tip=tip, by=kim.officer, outcome="helped")
    client = enter(kim)
    page = client.get(url_of(tip, "transcribe/")).content.decode()
    hidden = {name: field(page, name) for name in ("officer", "seen", "once")}
    assert client.post(url_of(tip, "transcribe/"), hidden | {"said": WORDS}).status_code == 303
    tip = Tip.objects.with_turn().get()
    assert (tip.status, tip.outcome, tip.closed_on, tip.turn) == ("active", "", None, Turn.TO_TAKE)
    assert tip.turn_cause == "wrote"


@pytest.mark.parametrize("danger", ["", "1"])
def test_what_is_said_can_make_a_colleagues_tip_urgent(
    kim: Person, dana: Person, danger: str, as_desk: Callable[[], None]
) -> None:
    tip = new_tip()
    actions.take(tip=tip, by=dana.officer)
    client = enter(kim)
    as_desk()
    said = stamp_of(tip, kim) | {"said": WORDS, "danger": danger}
    assert client.post(url_of(tip, "transcribe/"), said).status_code == 303
    assert (Tip.objects.get().urgency == 0) == bool(danger)
    assert Alarm.objects.filter(urgent=True).exists() == bool(danger)
    assert len(events("raised")) == len(danger)


def test_who_writes_down_what_is_said_about_their_own_tip_is_on_it(kim: Person) -> None:
    tip = new_tip(danger_now="yes")
    actions.take(tip=tip, by=kim.officer)
    actions.transcribe(tip=tip, by=kim.officer, text=WORDS, is_danger=True)
    assert not Alarm.objects.exists()


def test_danger_typed_before_the_reference_is_ticked_on_the_earlier_tip(kim: Person) -> None:
    tip = new_tip()
    form = typed(kim, earlier_tip=tip.reference, danger_now="yes")
    page = sent(enter(kim), ADD, form, "look")
    assert re.search(r'name="danger" value="1" checked', page)


def wide_picture() -> bytes:
    """One that is made smaller, and knows which telephone took it."""
    exif, written = Image.Exif(), BytesIO()
    exif[ExifTags.Base.Model] = "A telephone"
    pictures.scene(2700, 900).save(written, "JPEG", exif=exif)
    return written.getvalue()


def test_pictures_brought_along_are_new_pixels_and_a_broken_one_costs_no_word(
    kim: Person, as_desk: Callable[[], None]
) -> None:
    tip, client = new_tip(), enter(kim)
    as_desk()
    address, large = url_of(tip, "transcribe/"), wide_picture()

    def files(*contents: bytes) -> list[SimpleUploadedFile]:
        return [SimpleUploadedFile("IMG_0001.jpg", content) for content in contents]

    broken = stamp_of(tip, kim) | {"said": "", "photos": files(b"no picture")}
    answer = client.post(address, broken).content.decode()
    assert "is a kind of file that we cannot read" in answer
    assert not Message.objects.exists()
    both = stamp_of(tip, kim) | {"said": WORDS, "photos": files(large, b"no picture")}
    for _ in range(2):
        both["photos"] = files(large, b"no picture")
        assert client.post(address, both).status_code == 303
    page = client.get(url_of(tip)).content.decode()
    assert "1 of 2 photos arrived" in page
    assert WORDS in page
    assert [photo.message for photo in Photo.objects.all()] == [Message.objects.get()]
    shown = client.get(url_of(tip, "photo/1/"))
    with Image.open(BytesIO(shown.content)) as picture:
        assert not picture.getexif()
        assert max(picture.size) == 2560
