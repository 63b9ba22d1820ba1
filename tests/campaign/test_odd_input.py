"""Whatever stands in an address, a query or a form: an answer, never a fault of ours."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.test import Client

import campaign.admin  # noqa: F401 - registers the lists
from campaign.models import Contact, Milestone, Notice, Page, Sign, Text
from tests.campaign.editing import opened, screen
from tests.odd_input import ODD, asked, faults, query

pytestmark = pytest.mark.django_db

# What Django's lists would look up, and what they do look up.
LOOKUPS = (
    "id",
    "slug__regex",
    "slug__in",
    "position__gt",
    "published__isnull",
    "checked_on__year",
    "loaded__a",
    "texts__title__regex",
    "on__slug",
    "day",
    "first_day__gte",
    "nobody",
    "__",
    "e",
    "o",
    "p",
    "q",
    "all",
    "page",
    "_to_field",
    "_popup",
    "_facets",
    "_changelist_filters",
)
# Of each base class one; the other kinds share all but their own filters.
LISTS = ("contact", "page", "openinghours", "closure")


@pytest.fixture(params=["few", pytest.param("all", marks=pytest.mark.audit)])
def odd(request):
    """Odd values: the worst of them, or all."""
    return ODD[:4] if request.param == "few" else ODD


def some(odd, every):
    """The first, and from there every so-manyth: the audit, which has all odd values, asks all."""
    return 1 if len(odd) == len(ODD) else every


@pytest.fixture
def bold(editor):
    """The editor, to whom a fault is an answer like any other."""
    editor.raise_request_exception = False
    return editor


def kinds():
    return sorted(
        model._meta.model_name for model in admin.site._registry if "campaign" in model.__module__
    )


def own_filters(kind):
    """The lookups that the list itself offers."""
    (model,) = (one for one in admin.site._registry if one._meta.model_name == kind)
    names = admin.site.get_model_admin(model).list_filter
    fields = [name for name in names if isinstance(name, str)]
    own = [name.parameter_name for name in names if not isinstance(name, str)]
    return [*own, *(f"{name}__exact" for name in fields)]


@pytest.mark.parametrize("kind", kinds())
def test_odd_queries_of_every_list(bold, kind, odd):
    names = [*own_filters(kind), *(LOOKUPS if kind in LISTS else ("q",))]
    queries = [query(name, one) for name in names for one in odd]
    # Between the lists nearly each name with one value, and each value with many a name.
    every = some(odd, 11)
    chosen = queries[kinds().index(kind) % every :: every]
    assert not faults(asked(bold, "get", f"/desk/campaign/{kind}/{one}") for one in chosen)


@pytest.mark.parametrize("kind", ["contact", "page", "sign", "question", "phrase"])
def test_every_list_narrows_by_its_own_filters(bold, kind):
    html = bold.get(f"/desk/campaign/{kind}/").content.decode()
    links = {
        unescape(link).partition("=")[0]: link for link in re.findall(r'href="(\?[^"]+)"', html)
    }
    assert {link.removeprefix("?") for link in links} >= set(own_filters(kind))
    for link in links.values():
        assert bold.get(f"/desk/campaign/{kind}/{unescape(link)}").status_code == 200, link


@pytest.mark.parametrize("kind", kinds())
def test_odd_ids(bold, kind, odd):
    ids = [one for one in odd if isinstance(one, str) and one]
    ids += ["0", "_00", "_FF", "%00", "%FF", "1/1"]
    rests = ("change/", "history/", "delete/", "preview/en/", "picture/", "confirm/", "drop/")
    addresses = [f"/desk/campaign/{kind}/{one}/{rest}" for one in ids for rest in rests]
    # Eight kinds have all of them between them.
    every = some(odd, 8)
    chosen = addresses[kinds().index(kind) % every :: every]
    assert not faults(asked(bold, "get", at) for at in chosen)
    assert not faults(asked(bold, "post", at, {"seen": "x"}) for at in chosen[::3])


@pytest.mark.parametrize("act", ["confirm", "drop", "called"])
def test_odd_marks_of_what_was_seen(bold, act, odd):
    address = f"/desk/campaign/contact/{Contact.objects.get(slug='office').pk}/{act}/"
    assert not faults(asked(bold, "post", address, {"seen": one}) for one in odd)


@pytest.mark.parametrize("language", ["xx", "EN", "en-", "９", "%00", "%FF", "a" * 400])
def test_odd_languages_of_a_preview(bold, language):
    item = Page.objects.get(slug="home")
    address = f"/desk/campaign/page/{item.pk}/preview/{language}/"
    assert not faults([asked(bold, "get", address)])


@pytest.mark.parametrize("screen", ["review/", "due/", "", "closure/", "contact/add/"])
def test_odd_queries_of_the_other_screens(bold, screen, odd):
    names = ("language", "p", "e", "number", "published")
    addresses = [f"/desk/campaign/{screen}{query(name, one)}" for name in names for one in odd]
    chosen = addresses[:: some(odd, 5)]
    assert not faults(asked(bold, "get", address) for address in chosen)


def test_odd_reviews(bold, odd):
    text = Text.objects.filter(language="es")[0]
    sent = [{name: one} for name in ("seen", "back") for one in odd]
    for pk in (text.pk, "9" * 20):
        address = f"/desk/campaign/review/{pk}/"
        assert not faults(asked(bold, "post", address, one) for one in sent)


@pytest.mark.parametrize("day", ["2026/2/30", "0/0/0", f"{'9' * 20}/1/1", "2026/1/99999999999"])
def test_odd_holidays(bold, day):
    address = f"/desk/campaign/closure/holiday/{day}/"
    assert not faults(asked(bold, method, address) for method in ("get", "post"))


ITEMS = [
    (Page, "home-iom"),
    (Contact, "office"),
    pytest.param(Milestone, "campaign", marks=pytest.mark.audit),
    pytest.param(Sign, "debt", marks=pytest.mark.audit),
]


@pytest.mark.parametrize(("kind", "slug"), ITEMS)
def test_odd_words_in_every_field_of_a_form(bold, kind, slug, odd):
    item = kind.objects.get(slug=slug)
    sent = opened(bold, screen(item))
    more = ("_saveasnew", "_continue", "_popup", "_preview", "_to_field", "seen", "picture")
    names = [*sent, *more, "remove_picture"]
    # One odd field at a time, which may be saved; then all of them, each with each value.
    changes = [{name: odd[at % len(odd)]} for at, name in enumerate(names)][
        :: 11 if len(odd) < 5 else 1
    ]
    plain = [name for name in names if not name.endswith("_FORMS")]
    changes += [
        {name: odd[(at + shift) % len(odd)] for at, name in enumerate(plain)}
        for shift in range(len(odd))
    ]
    changes += [dict.fromkeys(sent, one) for one in ("\0", [], ["1", "2"])]
    assert not faults(asked(bold, "post", screen(item), sent | change) for change in changes)


TOTALS = [
    "1001",
    "a",
    *(pytest.param(one, marks=pytest.mark.audit) for one in ("0", "1", "7", "-1", "")),
]


@pytest.mark.parametrize("total", TOTALS)
def test_odd_numbers_of_panels(bold, total):
    item = Page.objects.get(slug="home-iom")
    sent = opened(bold, screen(item))
    for name in ("texts-TOTAL_FORMS", "texts-INITIAL_FORMS"):
        assert not faults([asked(bold, "post", screen(item), sent | {name: total})])


def test_a_language_twice_and_one_that_there_is_not(bold):
    item = Page.objects.get(slug="home-iom")
    sent = opened(bold, screen(item))
    sent |= {"texts-TOTAL_FORMS": "5", "texts-3-language": "en", "texts-3-title": "Twice"}
    sent |= {"texts-3-state": "draft", "texts-4-language": "xx", "texts-4-title": "Nowhere"}
    assert not faults([asked(bold, "post", screen(item), sent)])
    sent |= {"texts-4-language": "acf", "texts-4-state": "draft"}
    assert not faults([asked(bold, "post", screen(item), sent)])


@pytest.mark.parametrize("kind", [Contact, Notice, Sign])
def test_a_form_without_its_panels(bold, kind):
    address = f"/desk/campaign/{kind._meta.model_name}/add/"
    assert not faults(asked(bold, "post", address, sent) for sent in ({}, {"slug": "x"}))


def test_odd_hours(bold, odd):
    address = "/desk/campaign/openinghours/"
    names = ("form-TOTAL_FORMS", "form-0-id", "form-0-opens", "_save", "action", "_selected_action")
    base = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "_save": "Save"}
    sent = [base | {name: one} for name in names for one in odd][:: some(odd, 3)]
    assert not faults(asked(bold, "post", address, one) for one in sent)


def test_a_stranger_gets_no_further_than_the_log_in(odd):
    client = Client(raise_request_exception=False)
    address = "/desk/campaign/page/"
    assert not faults(asked(client, "get", address + query("q", one)) for one in odd)
