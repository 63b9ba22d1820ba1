import pytest
from django.test import override_settings

from slu_antitrafficking import views
from tests.away import database_away
from tests.raw_post import raw_post
from tests.reading import Reading

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _echo(client):
    client.raise_request_exception = False
    with override_settings(ROOT_URLCONF="tests.echo_urls"):
        yield


def post(body, *said, path="/echo/", **more):
    return raw_post(path, body, *said, **more)


def multipart(*fields, closing=True):
    parts = "".join(
        f'--XX\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    )
    return (parts + ("--XX--\r\n" if closing else "")).encode()


FORM = "multipart/form-data; boundary=XX"


def full_page(html):
    page = Reading(html)
    assert {"tel:999", "tel:911", "tel:847"} <= set(page.hrefs("tel:"))
    assert len(page.all("h1")) == 1
    assert page.all("title")[0].text == "Information"
    assert "a word nobody may read" not in html
    return page


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing/", 404), ("/breaks/", 500), ("/forbids/", 403)]
)
def test_every_error_is_a_full_page_with_the_numbers(client, path, status):
    response = client.get(path)
    assert response.status_code == status
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    full_page(response.content.decode())


@pytest.mark.parametrize("status", list(views.ERRORS))
def test_every_status_has_its_page(rf, status):
    response = views.error_page(rf.get("/"), status)
    assert response.status_code == status
    full_page(response.content.decode())


def test_busy_answers_say_when_to_come_back(rf):
    assert views.error_page(rf.get("/"), 429)["Retry-After"] == "60"
    assert views.error_page(rf.get("/"), 503)["Retry-After"] == "60"


def test_an_error_page_without_a_request_and_without_a_template_still_comes(rf, settings):
    full_page(views.error_page(None, 500).content.decode())
    settings.TEMPLATES = []
    settings.ROOT_URLCONF = "nowhere"
    response = views.error_page(rf.get("/"), 500)
    assert response.status_code == 500
    assert b"tel:999" in response.content


@pytest.mark.parametrize("path", ["/nothing/", "/breaks/", "/forbids/"])
def test_error_pages_come_without_the_database(client, path, django_db_blocker):
    with database_away(django_db_blocker):
        full_page(client.get(path).content.decode())


def test_a_host_that_is_not_ours_gets_a_page(client):
    response = client.get("/contact/", headers={"host": "evil.example"})
    assert response.status_code in (200, 400)
    if response.status_code == 400:
        full_page(response.content.decode())


# Bodies


def test_a_whole_body_is_read():
    assert post(b"a=1&b=2")[:2] == (200, "a,b:")
    assert post(multipart(("a", "1"), ("b", "x" * 100_000)), FORM)[:2] == (200, "a,b:")


@pytest.mark.parametrize("length", [8, 100, 1_000_000])
def test_a_body_shorter_than_it_says_is_refused(length):
    status, html, _ = post(b"a=1&b=2", length=length)
    assert status == 400
    assert "Nothing was stored" in full_page(html).text


def test_a_form_cut_off_before_its_end_is_refused():
    whole = multipart(("what_happened", "x" * 1000))
    for cut in (1, 10, 500, len(whole) - 12):
        assert post(whole[:cut], FORM, length=len(whole))[0] == 400
        assert post(whole[:cut], FORM)[0] == 400


def test_a_form_without_its_closing_boundary_is_refused():
    status, html, _ = post(multipart(("a", "1"), closing=False), FORM)
    assert status == 400
    full_page(html)


@pytest.mark.parametrize(
    "boundary", ['boundary="XX"', "charset=utf-8; boundary=XX", "boundary=XX;a=b"]
)
def test_boundaries_are_read_however_they_are_written(boundary):
    assert post(multipart(("a", "1")), f"multipart/form-data; {boundary}")[0] == 200
    assert post(multipart(("a", "1"), closing=False), f"multipart/form-data; {boundary}")[0] == 400


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_that_names_no_boundary_is_refused(kind):
    assert post(multipart(("a", "1")), kind)[0] == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "", "nonsense", "image/png"])
def test_a_foreign_kind_of_body_is_no_form_and_no_error(kind):
    assert post(b"a=1", kind)[:2] == (200, ":")


@pytest.mark.parametrize("length", ["", "-5", "many"])
def test_a_length_that_is_no_number_is_no_body(length):
    assert post(b"a=1", length=length)[0] == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=" + b"x" * 2_000_000, "application/x-www-form-urlencoded"),
        (multipart(("a", "x" * 2_000_000)), FORM),
        (b"&".join(b"f%d=1" % n for n in range(10_000)), "application/x-www-form-urlencoded"),
        (multipart(*((f"f{n}", "1") for n in range(1_100))), FORM),
    ],
)
def test_too_much_is_a_413_that_says_where_the_words_are(body, kind):
    status, html, left = post(body, kind)
    assert status == 413
    assert "Press Back: your words may still be there" in full_page(html).text
    assert left == b"", "a browser that is still sending would not see the answer"


def test_a_body_nobody_read_is_read_to_its_end():
    status, _, left = post(b"x" * 3_000_000, "text/plain", path="/ignore/")
    assert (status, left) == (200, b"")


def test_a_broken_query_and_a_broken_cookie_are_no_error(client):
    assert client.get("/contact/?%FF%00=%ZZ").status_code == 200
    assert client.get("/contact/", headers={"cookie": "\x00;=;;desk"}).status_code == 200
    assert client.get("/%FF%00/").status_code == 404


# Addresses that were meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/ES/", "/es/"),
        ("/Es/Signs/", "/es/signs/"),
        ("/en/", "/"),
        ("/en", "/"),
        ("/EN/report/", "/report/"),
        ("/Report/", "/report/"),
        ("/REPORT", "/report/"),
        ("/Get-Help/Card/?from=Poster", "/get-help/card/?from=Poster"),
    ],
)
def test_an_address_as_people_copy_it_leads_to_the_page(client, settings, typed, meant):
    settings.ROOT_URLCONF = "slu_antitrafficking.urls"
    answer = client.get(typed)
    assert (answer.status_code, answer["Location"]) == (301, meant)
    assert client.get(meant).status_code in (200, 503)  # 503 where no desk is set up yet
    assert client.post(typed).status_code == 404


@pytest.mark.parametrize("prefix", ["", "/es", "/fr"])
@pytest.mark.parametrize(
    "path",
    ["/nothing/", "/en/nothing/", "/de/", "//evil.example/", "/\\evil.example/", "/\xe9//x/"],
)
def test_an_address_that_nobody_meant_is_a_page_whose_links_stay_here(
    client, settings, prefix, path
):
    settings.ROOT_URLCONF = "slu_antitrafficking.urls"
    answer = client.get("/", PATH_INFO=prefix + path)
    assert answer.status_code == 404
    for href in Reading(answer.content.decode()).hrefs("/"):
        assert not href.startswith("//"), href
        assert href.isascii()
        assert "\\" not in href
