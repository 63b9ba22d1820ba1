"""Cookies ignore ports: the desk's come along to the public door, which must not care."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaign import offers
from tests.attacks.visitor import FORM
from tips.crypto import receipts

PAGES = (
    *("/", "/contact/", "/report/", "/follow-up/", "/get-help/", "/privacy/", "/health/"),
    *("/robots.txt", "/.well-known/security.txt", "/nothing/", "/es/", "/desk/", "/desk/tips/tip/"),
)
FORMS = {
    "/report/": ({"what_happened": "They keep her passport."}, {"what_happened": ""}, {}),
    "/follow-up/": ({"code": "ABCD-EFGH-JKMN-PQRS"}, {"message": "words"}, {}),
    "/desk/login/": ({"username": "sam"},),
    "/": ({},),
}


def clean(answer):
    """Whether nothing in an answer knows of cookies."""
    vary = {name.strip().lower() for value in answer.all("Vary") for name in value.split(",")}
    return not answer.all("Set-Cookie") and not vary & {"cookie", "accept-language", "*"}


@pytest.mark.parametrize("path", PAGES)
def test_no_public_page_answers_a_cookie(site, boss, path):
    for method in ("GET", "HEAD"):
        answer = boss.visitor.ask(site.url + path, method)
        assert clean(answer), answer.headers


@pytest.mark.parametrize("path", FORMS)
def test_no_public_form_answers_a_cookie(site, boss, path):
    for fields in FORMS[path]:
        answer = boss.visitor.send(
            site.url + path, **fields, submission=receipts.new_idempotency_key()
        )
        assert clean(answer), answer.headers
    forged = boss.visitor.ask(
        site.url + path, "POST", b"what_happened=x", Content_Type=FORM, Sec_Fetch_Site="cross-site"
    )
    assert clean(forged), forged.headers


def test_the_officer_is_still_in_afterwards(site, boss):
    for path in PAGES:
        boss.visitor.ask(site.url + path)
    assert boss.get("/desk/").status == 200


@pytest.mark.django_db
def test_no_public_page_asks_for_a_session_or_an_officer(sam, log_in):
    browser = Client()
    browser.cookies = log_in(sam).cookies
    offers.forget()
    for path in PAGES[:-2]:
        with CaptureQueriesContext(connection) as asked:
            browser.get(path)
            for fields in FORMS.get(path, ()):
                browser.post(path, fields)
        statements = " ".join(query["sql"] for query in asked)
        assert "tips_desksession" not in statements, path
        assert "tips_officer" not in statements, path
