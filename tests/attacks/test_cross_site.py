"""Another site's page makes its visitors send: nothing is stored, and no honest word is lost."""

from contextlib import closing

import psycopg2
import pytest
from playwright.sync_api import expect

from tests.attacks.elsewhere import Elsewhere
from tests.attacks.visitor import FORM, Visitor
from tests.variants import played
from tips.crypto import receipts

URLENCODED, MULTIPART = FORM, "multipart/form-data"
WORDS = "They keep her passport in a drawer."
FORGED = {
    "what_happened": WORDS,
    "signs": "papers-held",
    "danger_now": "yes",
    "district": "castries",
    "place": "a forged place",
    "contact_details": "a forged number",
    "website": "",
    "submission": "0123456789abcdef0123456789abcdef",
}
# As the browser says: another site, and the same site under another port.
NAMES = {"localhost": "cross-site", "127.0.0.1": "same-site"}


@pytest.fixture
def elsewhere():
    with Elsewhere() as site:
        yield site


@pytest.fixture
def stored(site):
    """How many rows these tables hold now."""
    with closing(psycopg2.connect(site.owner_url)) as connection:
        connection.autocommit = True

        def count():
            cursor = connection.cursor()
            tables = ("tips_tip", "tips_message", "tips_photo", "tips_event")
            cursor.execute(
                "SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
            )
            return cursor.fetchone()

        yield count


def a_sign(page, site):
    """The slug of a sign that the form shows."""
    page.goto(site.url + "/report/")
    return page.locator("[name=signs]").first.get_attribute("value")


FORMS = ((URLENCODED, "no-referrer"), (MULTIPART, "unsafe-url"))


@pytest.mark.parametrize(
    ("host", "encoding", "referrer"),
    played(
        [(host, *form) for host in NAMES for form in FORMS],
        ("localhost", *FORMS[0]),
        ("127.0.0.1", *FORMS[1]),
    ),
)
def test_a_forged_form_stores_nothing_and_keeps_what_may_be_honest(
    site, page, elsewhere, stored, host, encoding, referrer
):
    sign = a_sign(page, site)
    elsewhere.aims(
        site.url + "/report/", FORGED | {"signs": sign}, encoding=encoding, referrer=referrer
    )
    before = stored()
    page.goto(elsewhere.url(host))
    with page.expect_request(site.url + "/report/") as asked:
        page.click("button")
    assert asked.value.all_headers()["sec-fetch-site"] == NAMES[host]
    for _ in range(2):
        expect(page.locator("[role=alert] h2")).to_have_text("Press Send once more")
        expect(page.locator("#what_happened")).to_have_value(WORDS)
        assert page.locator("[name=signs]:checked").evaluate_all(
            "all => all.map(one => one.value)"
        ) == [sign]
        assert page.locator("[name=danger_now]:checked").count() == 0
        # Of a plea that a filter made one of nowhere; it stands in a box that is seen.
        expect(page.locator("[name=place]")).to_have_value(FORGED["place"])
        for name in ("district", "contact_details", "website"):
            expect(page.locator(f"[name={name}]")).to_have_value("")
        key = page.locator("[name=submission]").input_value()
        assert receipts.is_idempotency_key(key)
        assert key != FORGED["submission"]
        assert stored() == before
        page.reload()
    assert page.context.cookies() == []
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("#receipt-code")).to_be_visible()
    assert stored()[0] == before[0] + 1


@pytest.mark.parametrize("host", played(NAMES, "localhost"))
def test_a_script_or_a_frame_elsewhere_stores_nothing(site, page, elsewhere, stored, host):
    forged = FORGED | {"submission": receipts.new_idempotency_key()}
    elsewhere.aims(site.url + "/report/", forged, frame="frame")
    before = stored()
    page.goto(elsewhere.url(host))
    with page.expect_event("framenavigated"):
        page.click("button")
    assert page.frames[1].url == "chrome-error://chromewebdata/"
    for options in ("mode: 'no-cors'", "credentials: 'include'", "keepalive: true"):
        script = "([url, fields]) => fetch(url, {method: 'POST', %s, body: %s}).catch(() => 0)"
        body = "new URLSearchParams(fields)"
        with page.expect_request(site.url + "/report/"):
            page.evaluate(script % (options, body), [site.url + "/report/", forged])
    assert stored() == before


@pytest.mark.parametrize("host", played(NAMES, "127.0.0.1"))
def test_a_forged_message_is_kept_on_the_page_and_its_code_is_not(
    site, page, elsewhere, stored, host
):
    receipt = Visitor().send(site.url + "/report/", what_happened=WORDS)
    fields = {"code": receipt.output("receipt-code"), "message": "She was moved."}
    elsewhere.aims(
        site.url + "/follow-up/", fields | {"submission": receipts.new_idempotency_key()}
    )
    before = stored()
    page.goto(elsewhere.url(host))
    page.click("button")
    expect(page.locator("[role=alert] h2")).to_have_text("Press Send once more")
    expect(page.locator("[name=message]")).to_have_value("She was moved.")
    expect(page.locator("[name=code]")).to_have_value("")
    assert stored() == before


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"Origin": "own"}, True),
        ({"Sec_Fetch_Site": "none", "Origin": "https://elsewhere.example"}, True),
        ({"Origin": "null"}, False),
        ({"Origin": "https://elsewhere.example"}, False),
        ({"Sec_Fetch_Site": "cross-site", "Origin": "own"}, False),
    ],
)
def test_clients_that_say_less_or_lie(site, stored, headers, taken):
    headers = {name: site.url if value == "own" else value for name, value in headers.items()}
    before = stored()[0]
    answer = Visitor(**headers).send(site.url + "/report/", what_happened=WORDS)
    assert ("receipt-code" in answer.page) is taken
    assert WORDS in answer.page or taken
    assert stored()[0] == before + taken


ACTS = ("take", "note", "logout", "login")


@pytest.mark.parametrize(
    ("host", "acts"),
    played(
        [("127.0.0.1", ACTS), ("localhost", ACTS[:1]), ("localhost", ACTS[1:])],
        ("127.0.0.1", ACTS),
        ("localhost", ACTS[:1]),
    ),
)
def test_a_form_elsewhere_does_nothing_at_the_desk(site, boss, page, elsewhere, stored, host, acts):
    receipt = Visitor().send(site.url + "/report/", what_happened=WORDS)
    tip = boss.finds(receipt.output("reference"))
    cookies = [
        {"name": name, "value": boss.visitor.jar[name], "domain": "127.0.0.1", "path": "/desk/"}
        for name in ("desk", "desk-csrf")
    ]
    page.context.add_cookies([cookie | {"sameSite": "Strict"} for cookie in cookies])
    before = stored()
    for act in acts:
        path = f"/desk/{act}/" if act.startswith("log") else f"{tip}{act}/"
        elsewhere.aims(boss.desk + path, {"note": "forged", "csrfmiddlewaretoken": "x" * 32})
        page.goto(elsewhere.url(host))
        with page.expect_response(boss.desk + path) as answered:
            page.click("button")
        # Cookies ignore ports: from our host's other port they do come along, and change nothing.
        sent = answered.value.request.all_headers().get("cookie", "")
        assert ("desk=" in sent) is (NAMES[host] == "same-site"), act
        assert answered.value.status == 403, act
        assert stored() == before, act
        assert boss.get("/desk/").status == 200, act
