import pytest

from slu_antitrafficking.middleware import section

EVERYWHERE = (
    "/",
    "/contact/",
    "/get-help/",
    "/report/",
    "/health/",
    "/nothing/",
    "/robots.txt",
    "/desk/",
)


@pytest.mark.django_db
@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path).headers
    csp = headers["Content-Security-Policy"]
    for rule in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ):
        assert rule in csp
    assert "unsafe" not in csp
    assert "*" not in csp
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-DNS-Prefetch-Control"] == "off"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
def test_hsts_over_https_alone(client):
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert "max-age=63072000" in client.get("/", secure=True)["Strict-Transport-Security"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/contact/", "/privacy/", "/robots.txt"])
def test_awareness_pages_are_kept_for_a_minute_and_asked_for_again_by_etag(client, path):
    first = client.get(path)
    assert first["Cache-Control"] == "public, max-age=60"
    again = client.get(path, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content
    assert again["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_compressed_page_is_asked_for_again_by_its_weak_etag(client):
    zipped = client.get("/", headers={"accept-encoding": "gzip"})
    assert zipped["Content-Encoding"] == "gzip"
    headers = {"accept-encoding": "gzip", "if-none-match": zipped["ETag"]}
    assert client.get("/", headers=headers).status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/report/", "/follow-up/", "/get-help/", "/health/", "/desk/"])
def test_what_nobody_may_keep_or_list(client, path):
    headers = client.get(path).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Robots-Tag"] == "noindex"
    assert "ETag" not in headers


@pytest.mark.django_db
def test_answers_to_a_post_and_errors_are_not_kept(client):
    assert client.post("/contact/")["Cache-Control"] == "no-store"
    assert client.get("/nothing/")["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("path", EVERYWHERE[:-1])
def test_public_answers_set_no_cookie_even_for_a_signed_in_officer(client, path, settings):
    client.cookies[settings.SESSION_COOKIE_NAME] = "0" * 32
    response = client.get(path)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert not hasattr(response.wsgi_request, "session")
    assert not hasattr(response.wsgi_request, "user")


@pytest.mark.django_db
def test_the_desk_has_its_session_and_its_csrf_check(client):
    assert hasattr(client.get("/desk/login/").wsgi_request, "session")
    client.handler.enforce_csrf_checks = True
    assert client.post("/desk/login/", {"username": "x"}).status_code != 302


def test_the_section_of_an_address(settings):
    settings.LANGUAGES = [("en", "English"), ("es", "Español")]
    assert section("/report/") == "report"
    assert section("/es/report/x/") == "report"
    assert section("/es/") == "es"
    assert section("/") == ""
