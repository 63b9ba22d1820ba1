from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from tests.away import database_away
from tests.public.citizen import Citizen, picture
from tips import actions
from tips.crypto import active_key
from tips.models import DeskKey, Tip

UNKNOWN = "7Q4M-X2KD-9TRB-HW5ET"
NO_TIP = "There is no tip under this code. Either it was erased, or more than one letter is wrong."


def no_picture():
    return SimpleUploadedFile("notes.jpg", b"not a picture", "image/jpeg")


@pytest.fixture
def code(citizen):
    return citizen.report("I saw them again").code


def test_the_page_asks_for_the_code(citizen):
    page = citizen.get("/follow-up/")
    assert page.status == 200
    assert page.title == "Your code"
    assert [tag.get("name") for tag in page.all("form")[0].iter("input")] == ["code"]
    assert page.by_id("code").get("autocomplete") == "off"


@pytest.mark.parametrize(
    "typed",
    [str, str.lower, lambda c: c.replace("-", " "), lambda c: c.replace("-", "").replace("0", "O")],
)
def test_the_code_opens_however_it_is_typed(citizen, code, typed):
    page = citizen.post("/follow-up/", {"code": typed(code)})
    assert page.title == "Your messages"
    assert "You sent a tip. Not read yet." in page.text
    assert "I saw them again" not in page.html
    assert page.value("code") == code
    assert len(page.value("submission")) == 32


def test_typing_the_code_back_empties_its_box(citizen, desk, code):
    assert desk.holds_escrow
    citizen.post("/follow-up/", {"code": code})
    assert not desk.holds_escrow


def test_sending_does_not_count_as_typing_the_code_back(citizen, desk, code):
    citizen.post("/follow-up/", {"code": code, "submission": "1" * 32, "message": "more"})
    assert desk.messages == ["more"]
    assert desk.holds_escrow


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type your code: 17 letters and numbers."),
        ("KD-4821", "This is the reference, which is for the telephone"),
        ("KD-48", "This is not a whole code."),
        (UNKNOWN, NO_TIP),
        ("🙏" * 16, "This is not a whole code."),
        ("\0" * 40, "Type your code: 17 letters and numbers."),
    ],
)
def test_a_wrong_code_gets_a_kind_answer_and_locks_nothing(citizen, code, typed, said):
    for _ in range(3):
        page = citizen.post("/follow-up/", {"code": typed})
        assert page.status == 200
        assert page.title == "Error: Your code"
        assert said in page.alert
        assert page.hrefs("#code") == ["#code"]
    assert page.value("code") == typed.replace("\0", "")
    assert citizen.post("/follow-up/", {"code": code}).title == "Your messages"


def slips(code):
    """Each single letter wrong, and each two neighbours that changed places."""
    letters = code.replace("-", "")
    for at, letter in enumerate(letters):
        other = "7" if letter != "7" else "8"
        yield letters[:at] + other + letters[at + 1 :]
    for at in range(len(letters) - 1):
        if letters[at] != letters[at + 1]:
            yield letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :]


def test_one_slip_anywhere_in_the_code_is_told_from_a_tip_that_is_gone(citizen, code):
    for typed in slips(code):
        page = citizen.post("/follow-up/", {"code": typed})
        assert "At least one letter is wrong, or two have changed places." in page.alert, typed
        assert page.value("code") == typed


def test_a_message_reaches_the_desk_and_wakes_the_tip(citizen, desk, code):
    with desk.rights():
        until = timezone.localdate()
        Tip.objects.update(status="asked", turn_until=until)
    page = citizen.add(code, message="It was a blue van. 🚐\r\nשלום")
    assert page.status == 200
    assert "Received. It is sealed and waits for the desk." in page.text
    assert "You sent a message. Not read yet." in page.text
    assert "blue van" not in page.html
    assert desk.messages == ["It was a blue van. 🚐\nשלום"]
    assert desk.tip.status == "active"


def test_a_message_sent_twice_is_stored_once(citizen, desk, code):
    sent = {"code": code, "submission": "2" * 32, "message": "once"}
    citizen.post("/follow-up/", sent)
    assert "We have this already." in citizen.post("/follow-up/", sent).text
    assert desk.messages == ["once"]


@pytest.mark.parametrize("submission", [None, "", "cut", "Z" * 32])
def test_a_page_key_that_is_missing_or_misshapen_costs_no_message(citizen, desk, code, submission):
    key = {} if submission is None else {"submission": submission}
    citizen.post("/follow-up/", {"code": code, "message": "every word"} | key)
    assert desk.messages == ["every word"]


def test_a_message_under_a_code_that_opens_nothing_stays_on_the_page(citizen, desk):
    sent = {"code": UNKNOWN, "submission": "3" * 32, "message": "a long story"}
    page = citizen.post("/follow-up/", sent)
    assert page.status == 200
    assert NO_TIP in page.alert
    assert page.value("message") == "a long story"
    assert page.value("code") == UNKNOWN
    assert desk.messages == []


def test_nothing_written_and_nothing_chosen_is_an_error_in_the_conversation(citizen, code):
    page = citizen.add(code)
    assert page.title == "Error: Your messages"
    assert "Write something, or choose a photo." in page.alert
    assert "You sent a tip." in page.text


def test_a_message_that_is_too_long_stays_whole_on_the_page(citizen, desk, code):
    page = citizen.add(code, message="m" * 20_001, photos=[picture()])
    assert page.value("message") == "m" * 20_001
    assert "20,001 characters" in page.alert
    assert "Choose your photos again." in page.alert
    assert desk.messages == []


def test_the_desks_answer_and_its_reading_are_shown_with_their_days(citizen, desk, code):
    desk.reads_and_replies("Are you safe?\n<b>Call</b> 999 if not.")
    page = citizen.post("/follow-up/", {"code": code})
    today = timezone.localtime()
    assert f"Read by the desk on {today.day} {today:%B}." in page.text
    assert f"The desk, {today.day} {today:%B %Y}" in page.text
    assert "Are you safe?" in page.text
    assert "&lt;b&gt;Call&lt;/b&gt; 999" in page.html


def test_photos_from_the_receipt_page_show_the_code_again_and_what_arrived(citizen, desk):
    receipt = citizen.report("with photos")
    sent = {tag.get("name"): tag.get("value") for tag in receipt.all("form")[0].iter("input")}
    chosen = [picture("red"), no_picture(), picture("blue")]
    page = citizen.post("/follow-up/", sent | {"photos": chosen})
    assert page.status == 200
    assert page.heading == "2 of 3 photos arrived"
    assert "Photo 2 is a kind of file that we cannot read." in page.text
    assert (page.reference, page.code) == (receipt.reference, receipt.code)
    assert (
        page.all("form")[0].find(".//input[@name='submission']").get("value") not in sent.values()
    )
    colours = [Image.open(BytesIO(photo)).getpixel((5, 5)) for photo in desk.photos]
    assert [max(range(3), key=colour.__getitem__) for colour in colours] == [0, 2]
    assert "grandma" not in page.html
    assert desk.holds_escrow


def test_all_photos_arrived(citizen, code):
    sent = {"code": code, "submission": "4" * 32}
    one = citizen.post("/follow-up/", sent | {"photos": [picture()]})
    assert one.heading == "Your photo arrived"
    two = citizen.post("/follow-up/", sent | {"photos": [picture(), picture("blue")]})
    assert two.heading == "All 2 photos arrived"


def test_the_same_photos_from_the_same_page_are_stored_once(citizen, desk, code):
    sent = {"code": code, "submission": "5" * 32}
    citizen.post("/follow-up/", sent | {"photos": [picture()]})
    page = citizen.post("/follow-up/", sent | {"photos": [picture()]})
    assert "We had these already" in page.text
    assert len(desk.photos) == 1


def test_the_receipt_page_without_a_photo_keeps_the_code(citizen, desk, code):
    page = citizen.post("/follow-up/", {"code": code, "submission": "6" * 32})
    assert "Choose one or more photos first." in page.alert
    assert page.code == code
    assert page.reference
    assert desk.messages == []


def test_photos_that_nobody_can_read_store_nothing_and_fail_nothing(citizen, desk, code):
    page = citizen.add(code, photos=[no_picture()])
    assert page.status == 200
    assert "No photo arrived." in page.text
    assert "Photo 1 is a kind of file that we cannot read." in page.text
    assert desk.messages == []
    page = citizen.add(code, message="words", photos=[no_picture()])
    assert "Received." in page.text
    assert desk.messages == ["words"]


def test_of_seven_photos_five_are_taken_and_the_rest_named(citizen, desk, code):
    page = citizen.add(code, message="look", photos=[picture() for _ in range(7)])
    assert "5 of 7 photos arrived." in page.text
    assert "Photos 6 and 7 were not taken: five go at a time." in page.text
    assert len(desk.photos) == 5
    assert "You sent more, with 5 photos." in page.text


def test_a_photo_that_is_too_large_costs_its_place_and_no_word(citizen, desk, code):
    large = SimpleUploadedFile("large.jpg", b"\xff" * 10_000_001)
    page = citizen.add(code, message="the words", photos=[large, picture()])
    assert "1 of 2 photos arrived." in page.text
    assert "Photo 1 is too large: up to 10 MB a photo and 30 MB together." in page.text
    assert desk.messages == ["the words"]
    assert len(desk.photos) == 1


def test_a_code_that_opens_nothing_cleans_no_photo(citizen, code, asked):
    page = citizen.post(
        "/follow-up/", {"code": UNKNOWN, "submission": "7" * 32, "photos": [picture()]}
    )
    assert NO_TIP in page.alert
    assert not asked()
    citizen.add(code, photos=[picture()])
    assert asked()


def test_fifty_sendings_in_an_hour_are_enough_and_the_words_stay(citizen, desk, code):
    for number in range(50):
        actions.receive_message(
            code=code, message=f"{number}", photos=[], idempotency_key=f"{number:032x}"
        )
    page = citizen.add(code, message="one more")
    assert page.status == 429
    assert "Send this in an hour." in page.alert
    assert page.value("message") == "one more"
    assert len(desk.messages) == 50


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "null"}])
def test_a_post_from_elsewhere_stores_nothing_and_keeps_the_message(citizen, desk, code, headers):
    citizen.client.defaults = {}
    sent = {"code": code, "submission": "8" * 32, "message": "planted"}
    page = citizen.post("/follow-up/", sent, headers=headers)
    assert page.status == 200
    assert "Press Send once more" in page.alert
    assert page.value("message") == "planted"
    assert page.value("code") == ""
    assert page.value("submission") != "8" * 32
    assert desk.messages == []
    assert citizen.post("/follow-up/", {"code": code}, headers=headers).value("code") == ""
    assert desk.holds_escrow


def test_without_a_proven_desk_key_a_message_stays_on_the_page(citizen, desk, code):
    with desk.rights():
        DeskKey.objects.update(retired_at=timezone.now() + timedelta(seconds=1))
    active_key.forget()
    assert citizen.get("/follow-up/").status == 503
    sent = {"code": code, "submission": "9" * 32}
    page = citizen.post("/follow-up/", sent | {"message": "keep this"})
    assert page.status == 503
    assert page.value("message") == "keep this"
    assert page.value("submission") == "9" * 32
    photos_only = citizen.post("/follow-up/", sent | {"photos": [picture()]})
    assert photos_only.status == 503
    assert photos_only.code == code
    assert desk.messages == []


def test_a_database_that_is_away_keeps_what_was_typed(django_db_blocker):
    active_key.forget()
    with database_away(django_db_blocker):
        opened = Citizen().post("/follow-up/", {"code": UNKNOWN})
        sent = Citizen().post("/follow-up/", {"code": UNKNOWN, "message": "m", "photos": picture()})
    assert (opened.status, sent.status) == (503, 503)
    assert opened.value("code") == sent.value("code") == UNKNOWN
    assert sent.value("message") == "m"
    assert "Send again" in sent.text
    assert "Choose your photos again first." in sent.alert
    assert {"tel:999", "tel:911", "tel:847"} <= set(sent.hrefs("tel:"))
