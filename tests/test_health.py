from datetime import UTC, datetime, timedelta

import pytest

from slu_antitrafficking import own_faults, views
from tests.away import database_away


@pytest.mark.django_db
def test_ok_and_no_more(client):
    response = client.get("/health/")
    assert (response.status_code, response.content) == (200, b"ok")
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_not_ok_without_the_database(client, django_db_blocker):
    with database_away(django_db_blocker):
        response = client.get("/health/")
    assert (response.status_code, response.content) == (503, b"not ok")


@pytest.mark.django_db
def test_only_this_machine_at_the_socket_is_told_of_faults(client):
    by_nginx = {"REMOTE_ADDR": "", "headers": {"X-Real-IP": "203.0.113.9"}}
    assert own_faults.HEADER not in client.get("/health/").headers
    assert own_faults.HEADER not in client.get("/health/", **by_nginx).headers
    before = own_faults.count()
    for status in (200, 404, 499, 500, 503):
        own_faults.note(status)
    assert client.get("/health/", REMOTE_ADDR="")[own_faults.HEADER] == str(before + 2)


@pytest.mark.django_db
def test_robots_may_read_the_campaign(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    assert response.content.splitlines() == [
        b"User-agent: *",
        b"Disallow: /desk/",
        b"Sitemap: http://127.0.0.1:8000/sitemap.xml",
    ]


@pytest.mark.django_db
def test_security_txt_has_what_rfc_9116_demands(client):
    response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    assert fields["Contact"] == "mailto:police@antitraffickingslu.org"
    assert fields["Canonical"].endswith("/.well-known/security.txt")
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=170) < expires - datetime.now(UTC) < timedelta(days=365)


def test_the_desk_is_pointed_to_on_one_machine_alone(rf, settings):
    settings.ON_LOOPBACK, settings.DESK_URL = True, "http://127.0.0.1:8001"
    response = views.desk_is_elsewhere(rf.get("/desk/tips/?q=KD-4821"), "tips/")
    assert response.status_code == 302
    assert response["Location"] == "http://127.0.0.1:8001/desk/tips/"
    settings.ON_LOOPBACK = False
    with pytest.raises(views.Http404):
        views.desk_is_elsewhere(rf.get("/desk/"))
