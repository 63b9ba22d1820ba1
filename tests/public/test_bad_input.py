"""Whatever arrives, the answer is a page for a person, and nothing is stored by mistake."""

import json
import os

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests.raw_post import raw_post
from tests.reading import Reading

PATHS = ("/report/", "/follow-up/")
KEY = "ab" * 16


@pytest.fixture
def post(desk):
    """A form as a server hands it over; the answer is a page with the numbers to call."""

    def send(body, *said, path="/report/", **more):
        status, page, _ = raw_post(path, body, *said, **more)
        reading = Reading(page)
        assert {"tel:999", "tel:911"} <= set(reading.hrefs("tel:"))
        return status, reading

    # As Django's own client: the test's transaction lives in the connection.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield send
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def part(name, value, extra=""):
    head = f'--XX\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def multipart(*parts):
    return b"".join(parts) + b"--XX--\r\n"


FORM = "multipart/form-data; boundary=XX"
WORDS = part("what_happened", b"every word")


def test_a_whole_multipart_body_is_a_tip(post, desk):
    status, page = post(multipart(WORDS, part("submission", KEY.encode())), FORM)
    assert status == 200
    assert "Received. Thank you." in page.text
    assert desk.document["what_happened"] == "every word"


def test_a_body_cut_off_anywhere_stores_nothing(post, desk):
    body = multipart(WORDS, part("place", b"Castries"), part("submission", KEY.encode()))
    plain = (
        b"what_happened=every+word&place=Castries&submission=" + KEY.encode() + b"&z=" + b"1" * 50
    )
    for cut in range(1, 100, 7):
        assert post(body[:-cut], FORM, length=len(body))[0] == 400, cut
        if cut > 6:
            assert post(body[:-cut], FORM)[0] == 400, cut
        assert post(plain[:-cut], length=len(plain))[0] == 400, cut
    assert desk.tips == []


@pytest.mark.parametrize("path", PATHS)
def test_a_wrong_content_type_gets_a_kind_answer(post, desk, path):
    bodies = (
        b"",
        json.dumps({"what_happened": "x"}).encode(),
        b"what_happened=+ADw-&code=%ED%A0%80",
        multipart(
            part("what_happened", b"+2D0-"), part("message", b"+2D0-"), part("code", b"\xed\xa0")
        ),
    )
    for kind in (
        "",
        "application/json",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 300,
        "multipart/form-data; boundary=XX; charset=hex",
        "multipart/form-data; boundary=XX; charset=utf-7",
        "multipart/form-data; boundary=XX; charset=no-such-thing",
        "multipart/form-data; boundary=é",
        "multipart/mixed; boundary=XX",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=hex",
        "\x00\xff",
    ):
        for body in bodies:
            assert post(body, kind, path=path)[0] in (200, 400), kind


@pytest.mark.parametrize("path", PATHS)
def test_ten_megabytes_of_text_and_ten_thousand_fields_are_too_much(post, desk, path):
    story = b"x" * 10_000_000
    assert post(b"what_happened=" + story, path=path)[0] == 413
    assert post(multipart(part("what_happened", story)), FORM, path=path)[0] == 413
    fields = b"&".join(b"field%d=1" % number for number in range(10_000))
    status, page = post(fields, path=path)
    assert status == 413
    assert "Press Back: your words may still be there" in page.text
    parts = [part(f"field{number}", b"1") for number in range(10_000)]
    assert post(multipart(*parts), FORM, path=path)[0] == 413
    assert desk.tips == []


def test_a_megabyte_comes_back_whole(post, desk):
    story = b"word " * 200_000
    status, page = post(multipart(part("what_happened", story)), FORM)
    assert status == 200
    (box,) = [tag for tag in page.all("textarea") if tag.get("id") == "what_happened"]
    assert len(box.text) == len(story)
    assert "1,000,000 characters" in page.text or "999,999 characters" in page.text
    assert desk.tips == []


@pytest.mark.parametrize("path", PATHS)
def test_strange_parts_get_a_kind_answer(post, desk, path):
    for body in (
        part("what_happened", b"\xff\xfe\x00bytes"),
        part("what_happened", b"in a file", '; filename="x.txt"'),
        part("photos", b"words, no file"),
        part("photos", b"bytes", '; filename="../../etc/passwd"'),
        part("photos", b"bytes", '; filename="' + "n" * 5000 + '"'),
        part("photos", b"bytes", '; filename="\x00"'),
        part("", b"no name"),
        b"--XX\r\n\r\nno header\r\n",
        b"--XX\r\nContent-Disposition: form-data; name=code\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n",
        b'--XX\r\nContent-Disposition: form-data; name="photos"; filename="a"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n",
        b"--XX\r\n" + b"X-Header: " + b"y" * 70_000 + b"\r\n\r\nvalue\r\n",
    ):
        assert post(multipart(body), FORM, path=path)[0] in (200, 400, 413), body[:60]


@pytest.mark.parametrize("path", PATHS)
def test_more_files_than_anyone_sends_are_too_much(post, desk, path):
    files = [part("photos", b"x", '; filename="a"')] * (settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1)
    assert post(multipart(*files), FORM, path=path)[0] == 413


@pytest.mark.parametrize("path", PATHS)
def test_noise_gets_a_kind_answer(post, desk, path):
    for size in (1, 60, 5000):
        noise = os.urandom(size)
        assert post(noise, path=path)[0] in (200, 400, 413)
        assert post(noise, FORM, path=path)[0] == 400


@pytest.mark.parametrize(
    "extra",
    [
        {"CONTENT_LENGTH": "-5"},
        {"CONTENT_LENGTH": "many"},
        {"HTTP_ORIGIN": "\xff\x00"},
        {"HTTP_SEC_FETCH_SITE": "\xff"},
        {"HTTP_HOST": "elsewhere.example"},
        {"HTTP_ACCEPT_LANGUAGE": "x" * 10_000},
        {"QUERY_STRING": "code=%FF&signs[]=\0"},
    ],
    ids=lambda extra: next(iter(extra)),
)
def test_strange_headers_get_a_kind_answer(post, desk, extra):
    assert post(b"what_happened=help", **extra)[0] in (200, 400)


def test_a_long_way_of_saying_yes_and_no_is_no_error(citizen, desk):
    assert citizen.report(danger_now=["yes", "no"], district=["laborie", "atlantis"]).code
    assert (desk.tip.danger, desk.tip.district) == ("no", "")


# A form of ours is never answered by a clean one


NOTHING = ("Nothing arrived here", "Aquí no llegó nada", "Rien n’est arrivé ici")
UNREADABLE = (
    "We could not read what arrived",
    "No pudimos leer lo que llegó",
    "Nous n’avons pas pu lire ce qui est arrivé",
)
PLAIN = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("path", [*PATHS, "/es/report/", "/fr/follow-up/"])
def test_nothing_arrived_and_could_not_be_read_are_two_answers(post, desk, path):
    for body, kind, titles in (
        (b"", FORM, NOTHING),
        (b"", PLAIN, NOTHING),
        (b"what_happened=help&code=x", "text/plain", UNREADABLE),
        (b"what_happened=help&code=x", "", UNREADABLE),
        (b'{"what_happened": "help"}', "application/json", UNREADABLE),
        (multipart(WORDS), "multipart/form-data", UNREADABLE),
        (multipart(WORDS), "application/octet-stream", UNREADABLE),
        (b"\x1f\x8b\x08\x00=compressed", PLAIN, UNREADABLE),
        (b"w%68at=else", PLAIN, UNREADABLE),
    ):
        status, page = post(body, kind, path=path)
        assert status == 400
        assert page.all("h1")[0].text == titles[("/es/" in path) + 2 * ("/fr/" in path)], kind
        assert page.all("textarea") == []
    assert desk.tips == []


def test_a_body_that_says_it_is_compressed_is_not_guessed_at(post, desk):
    assert post(b"what_happened=help", PLAIN, HTTP_CONTENT_ENCODING="gzip")[0] == 400
    assert post(b"what_happened=help", PLAIN, HTTP_CONTENT_ENCODING="identity")[0] == 200
    assert len(desk.tips) == 1


def test_the_button_under_the_signs_opens_the_form_with_none_ticked(citizen):
    page = Reading(citizen.client.get("/signs/").content.decode())
    (form,) = [form for form in page.all("form") if form.get("action") == "/report/"]
    inputs = [tag for tag in form.iter("input") if tag.get("type") == "hidden"]
    hidden = {tag.get("name"): tag.get("value") for tag in inputs}
    assert hidden
    answer = citizen.post("/report/", hidden)
    assert (answer.status, answer.alert, answer.value("what_happened")) == (200, "", "")
