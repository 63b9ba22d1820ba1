"""An officer sends words while the database is away: they come back."""

from uuid import uuid4

import pytest
from django.test import Client

from tests.away import database_away
from tests.reading import Reading

TIP = f"/desk/tips/tip/{uuid4()}"
WORDS = 'She says:\n"They <b>moved</b> her."'
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def send(client: Client, django_db_blocker, settings):
    settings.SERVE = "desk"
    client.raise_request_exception = False
    client.cookies[settings.SESSION_COOKIE_NAME] = "of somebody who may be logged in"

    def post(path, headers=OURS, **fields):
        with database_away(django_db_blocker):
            answer = client.post(path, fields, headers=headers)
        assert answer.status_code == 503
        assert answer["Cache-Control"] == "no-store"
        page = Reading(answer.content.decode())
        assert {"tel:999", "tel:911"} <= set(page.hrefs("tel:"))
        return page

    return post


def sent_by(page):
    """What the page's form would send, and where."""
    (form,) = page.all("form")
    fields = [(tag.get("name"), tag.get("value")) for tag in form.iter("input")]
    boxes = [(tag.get("name"), "".join(tag.itertext())) for tag in form.iter("textarea")]
    return form.get("action"), dict(fields + boxes)


def test_the_same_form_can_be_sent_again_word_for_word(send):
    fields = {"note": WORDS, "once": "ab" * 16, "seen": "7", "csrfmiddlewaretoken": "x" * 64}
    page = send(f"{TIP}/note/?pile=1", **fields)
    assert sent_by(page) == (f"{TIP}/note/?pile=1", fields)
    assert "may not be stored" in page.text


@pytest.mark.parametrize(
    "path",
    ["login/", "logout/", "set-up/", "password_change/", "recovery/", "carry-on/"],
)
def test_no_passphrase_digits_or_sheet_come_back(send, path):
    page = send(f"/desk/{path}", password="five words of mine here", next=f"{TIP}/")
    assert page.all("form") == []
    assert "five words" not in page.text


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "cross-site"}])
def test_nor_what_another_site_sent(send, headers):
    assert send(f"{TIP}/note/", headers, note=WORDS).all("form") == []
