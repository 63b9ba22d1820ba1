import pytest
from django.test import RequestFactory, override_settings

from tips.public.same_origin import is_same_origin


def asked(**headers):
    return is_same_origin(RequestFactory().post("/report/", headers=headers))


@pytest.mark.parametrize(
    ("site", "ours"),
    [
        ("same-origin", True),
        ("none", True),
        ("same-site", False),
        ("cross-site", False),
        ("", False),
    ],
)
def test_the_browsers_own_word_decides(site, ours):
    assert asked(**{"sec-fetch-site": site}) is ours
    assert asked(**{"sec-fetch-site": site, "origin": "http://testserver"}) is ours
    assert asked(**{"sec-fetch-site": site, "origin": "https://else.where"}) is ours


@pytest.mark.parametrize(
    ("origin", "ours"),
    [
        ("http://testserver", True),
        ("https://signs.example", True),
        ("https://testserver", False),
        ("http://testserver.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_without_it_the_origin_decides(origin, ours):
    with override_settings(SITE_URL="https://signs.example"):
        assert asked(origin=origin) is ours


def test_with_neither_it_is_accepted():
    assert asked()
