"""A form posted without a session, or with a replaced token: carried, or it is said."""

import re

import pytest
from django.test import Client

from tests.admin.desk import (
    LOG_IN,
    credentials,
    enter,
    events,
    field,
    log_in,
    new_tip,
    url_of,
)
from tests.cast import Person
from tips.access import accounts
from tips.admin import drafts, pages
from tips.models import DeskSession, Note, OfficerKey, Tip

pytestmark = pytest.mark.django_db

WORDS = "The words of a long afternoon."
LOST = "What was typed before is not here"


@pytest.fixture
def tip(first) -> Tip:
    return new_tip()


def note_of(person: Person, text: str = WORDS) -> dict[str, str]:
    return {"note": text, "officer": pages.name_tag(person.officer), "seen": ""}


def locked(person: Person, tip: Tip, verb: str = "note", **typed: str) -> tuple[Client, str]:
    """A browser whose session ended just before it posted; and the page that it got."""
    client = enter(person)
    DeskSession.objects.all().delete()
    page = client.post(url_of(tip, f"{verb}/"), note_of(person) | typed).content.decode()
    return client, page


def test_words_are_carried_through_the_log_in_and_saved_by_one_press(
    kim: Person, tip: Tip, as_desk
) -> None:
    as_desk()
    client, page = locked(kim, tip)
    assert "What you typed is on this page, unsent" in page
    assert WORDS not in page
    assert not Note.objects.exists()
    typed = credentials(kim, ahead=1, carried=field(page, "carried"), next=field(page, "next"))
    offered = client.post(LOG_IN, typed).content.decode()
    assert f">{WORDS}</textarea>" in offered
    assert "What you typed is still in its box, and not sent yet." in offered
    again = {"note": WORDS, "officer": field(offered, "officer"), "seen": field(offered, "seen")}
    assert client.post(url_of(tip, "note/"), again).status_code == 303
    assert Note.objects.count() == 1


def test_why_the_session_is_over_is_said_truly(sam: Person, kim: Person, tip: Tip) -> None:
    def told() -> str:
        return client.post(url_of(tip, "note/"), form).content.decode()

    client, form = enter(kim), note_of(kim)
    DeskSession.objects.all().delete()
    assert "the desk locks after 30 minutes without a press" in told()
    accounts.give_access(officer=kim.officer, by=sam.officer, held=sam.held)
    assert "You were given new access" in told()
    accounts.deactivate(officer=kim.officer, by=sam.officer, held=sam.held)
    assert "Your account was deactivated while this page was open" in told()
    assert (
        "deactivated"
        not in client.post(url_of(tip, "note/"), form | {"officer": "x"}).content.decode()
    )


def test_a_slip_at_the_log_in_keeps_what_is_carried(kim: Person, tip: Tip) -> None:
    client, page = locked(kim, tip)
    carried = field(page, "carried")
    wrong = credentials(kim) | {"password": "x", "carried": carried, "next": url_of(tip, "note/")}
    assert field(client.post(LOG_IN, wrong).content.decode(), "carried") == carried


def test_another_officer_gets_nothing_and_is_told(kim: Person, dana: Person, tip: Tip) -> None:
    client, page = locked(kim, tip)
    typed = credentials(dana, carried=field(page, "carried"), next=field(page, "next"))
    answer = client.post(LOG_IN, typed)
    assert answer.headers["Location"] == url_of(tip)
    shown = client.get(url_of(tip)).content.decode()
    assert LOST in shown
    assert WORDS not in shown


def test_another_address_opens_nothing(kim: Person, tip: Tip) -> None:
    client, page = locked(kim, tip)
    typed = credentials(kim, ahead=1, carried=field(page, "carried"), next=url_of(tip, "reply/"))
    assert client.post(LOG_IN, typed).status_code == 303
    assert LOST in client.get(url_of(tip)).content.decode()


def test_after_a_day_it_is_too_old(kim: Person, tip: Tip, monkeypatch) -> None:
    client, page = locked(kim, tip)
    monkeypatch.setattr(drafts, "KEPT_FOR", -1)
    typed = credentials(kim, ahead=1, carried=field(page, "carried"), next=field(page, "next"))
    assert client.post(LOG_IN, typed).status_code == 303
    assert LOST in client.get(url_of(tip)).content.decode()


def test_a_form_that_names_nobody_truly_is_not_carried_and_it_is_said(
    kim: Person, tip: Tip
) -> None:
    for tag in ("", "somebody", "forged:signature"):
        _, page = locked(kim, tip, officer=tag)
        assert "What you pressed was not done" in page, tag
        assert field(page, "carried") == "", tag
        assert field(page, "next") == url_of(tip), tag


def test_any_form_of_the_desk_is_carried_and_sent_by_one_press(sam: Person) -> None:
    client = enter(sam)
    DeskSession.objects.all().delete()
    add = "/desk/tips/officer/add/?_popup=1"
    typed = {"username": "lee", "role": "officer", "reads": ["en", "es"]}
    page = client.post(add, typed | {"officer": pages.name_tag(sam.officer)}).content.decode()
    typed_in = credentials(sam, ahead=1, carried=field(page, "carried"), next=field(page, "next"))
    offered = client.post(LOG_IN, typed_in).content.decode()
    assert "and is not sent" in offered
    assert f'action="{add}"' in offered
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', offered)
    assert [pair for pair in hidden if pair[0] in typed] == [
        ("username", "lee"),
        ("role", "officer"),
        ("reads", "en"),
        ("reads", "es"),
    ]


def test_no_passphrase_and_no_sheet_is_carried(sam: Person) -> None:
    typed = {"sheet": "1 ABCD", "officer": pages.name_tag(sam.officer)}
    for path in ("password_change/", "recovery/", "login/", "set-up/", "logout/"):
        client = enter(sam)
        DeskSession.objects.all().delete()
        page = client.post(f"/desk/{path}", typed).content.decode()
        assert field(page, "carried") == "", path
        assert typed["sheet"] not in page, path


def test_one_time_words_carry_nothing_and_it_is_said(kim: Person, sam: Person, tip: Tip) -> None:
    client, page = locked(kim, tip)
    words = accounts.give_access(officer=kim.officer, by=sam.officer, held=sam.held).words
    typed = {"username": "kim", "password": words, "carried": field(page, "carried")}
    client.post(LOG_IN, typed)
    page = client.get("/desk/set-up/").content.decode()
    assert "does not pass through the set-up page" in page


def test_a_forged_field_is_only_lost(kim: Person, tip: Tip) -> None:
    for junk in ("x", "ä", "AAAA", "A" * 5000, "="):
        OfficerKey.objects.update(totp_last=0)  # each step opens once
        client = Client()
        answer = client.post(LOG_IN, credentials(kim, carried=junk, next=url_of(tip, "note/")))
        assert answer.headers["Location"] == url_of(tip), junk
        assert LOST in client.get(url_of(tip)).content.decode(), junk


def test_what_is_carried_says_nothing_in_clear(kim: Person, tip: Tip) -> None:
    _, page = locked(kim, tip)
    blob = field(page, "carried")
    carried = drafts.decrypted(blob, url_of(tip, "note/"), str(kim.officer.pk))
    assert carried is not None
    assert carried.dict() == {"note": WORDS, "seen": ""}
    assert WORDS.encode() not in drafts.base64.urlsafe_b64decode(blob)
    assert not DeskSession.objects.exists()


def strict(person: Person) -> Client:
    return log_in(person, Client(enforce_csrf_checks=False))


def stale(client: Client) -> Client:
    client.handler.enforce_csrf_checks = True
    return client


SAME = {"HTTP_SEC_FETCH_SITE": "same-origin"}


def test_a_replaced_token_of_our_own_page_offers_the_words_again(kim: Person, tip: Tip) -> None:
    client = stale(strict(kim))
    page = client.post(url_of(tip, "note/"), note_of(kim), **SAME).content.decode()
    assert WORDS in page
    assert "not sent yet" in page
    token = field(page, "csrfmiddlewaretoken")
    typed = note_of(kim) | {"csrfmiddlewaretoken": token}
    assert client.post(url_of(tip, "note/"), typed, **SAME).status_code == 303


def test_a_replaced_token_without_a_session_is_carried(kim: Person, tip: Tip) -> None:
    client = stale(strict(kim))
    DeskSession.objects.all().delete()
    page = client.post(url_of(tip, "note/"), note_of(kim), **SAME).content.decode()
    assert field(page, "carried")
    assert WORDS not in page


FOREIGN = (
    {},
    {"HTTP_SEC_FETCH_SITE": "cross-site"},
    {"HTTP_SEC_FETCH_SITE": "same-site"},
    {"HTTP_SEC_FETCH_SITE": "none"},
    {"HTTP_ORIGIN": "http://127.0.0.1:8000"},
)


@pytest.mark.parametrize("session", [True, False])
def test_a_foreign_form_is_refused_and_shows_nothing_of_itself(
    kim: Person, tip: Tip, session: bool
) -> None:
    client = stale(strict(kim))
    if not session:
        DeskSession.objects.all().delete()
    for headers in FOREIGN:
        answer = client.post(url_of(tip, "note/"), note_of(kim), **headers)
        assert answer.status_code == 403, headers
        assert WORDS.encode() not in answer.content, headers
        assert b"carried" not in answer.content, headers
    assert events("noted") == []


def test_another_officers_form_is_not_offered(kim: Person, dana: Person, tip: Tip) -> None:
    client = stale(strict(dana))
    answer = client.post(url_of(tip, "note/"), note_of(kim), **SAME)
    assert answer.headers["Location"] == url_of(tip)
    page = client.get(url_of(tip)).content.decode()
    assert "Nothing was done: do it again" in page
    assert WORDS not in page


def test_a_log_in_page_that_was_open_too_long_says_so(kim: Person) -> None:
    answer = Client(enforce_csrf_checks=True).post(LOG_IN, credentials(kim), **SAME)
    assert "Log in once more" in answer.content.decode()
    assert not DeskSession.objects.exists()


def test_from_a_page_that_locked_the_words_come_back_in_their_boxes(kim: Person, tip: Tip) -> None:
    client = enter(kim)
    typed = note_of(kim) | {"answer": "Half an answer."}
    carry = f"/desk/carry-on/?next={url_of(tip)}%3Fphoto%3D1"
    at_once = client.post(carry, typed).content.decode()
    DeskSession.objects.all().delete()
    locked_page = client.post(carry, typed).content.decode()
    assert field(locked_page, "next") == f"{url_of(tip)}?photo=1"
    logging_in = credentials(kim, ahead=1, carried=field(locked_page, "carried"))
    later = client.post(LOG_IN, logging_in | {"next": field(locked_page, "next")})
    for page in (at_once, later.content.decode()):
        assert f">{WORDS}</textarea>" in page
        assert ">Half an answer.</textarea>" in page
        assert "not sent yet" in page
    assert not Note.objects.exists()
    reloaded = client.post(LOG_IN, logging_in | {"next": field(locked_page, "next")})
    assert WORDS in reloaded.content.decode()


@pytest.mark.parametrize("path", ["/desk/tips/officer/add/", "/desk/campaign/notice/add/"])
def test_every_form_with_words_says_whose_it_is_and_locks(sam: Person, path: str) -> None:
    page = enter(sam).get(path).content.decode()
    tag = field(page, "officer")
    assert tag.startswith(str(sam.officer.pk))
    assert f'form="{path.split("/")[3]}_form" formaction="/desk/carry-on/?next=' in page
