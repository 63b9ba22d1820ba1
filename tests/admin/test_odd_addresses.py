"""Whatever stands in an address of the desk: an answer, never a fault, and never a look-up."""

import pytest
from django.db import models

from tests.admin.desk import enter, new_tip
from tests.cast import Person
from tests.odd_input import ODD, asked, faults, query
from tips.models import Officer, Tip

pytestmark = pytest.mark.django_db
OF_DJANGO = ("p", "page", "e", "o", "q", "all", "_to_field", "_popup", "_facets", "__", "lookup")
LISTS_OWN = {
    "tip": ("tab", "district", "language", "type", "channel", "who", "after", "q"),
    "event": ("reference", "who", "what", "from", "to", "after"),
    "officer": OF_DJANGO,
    "tip/find": ("status", "since", "until", "district", "language", "mine", "after", "searched"),
}
EVERY = {*OF_DJANGO, *(name for own in LISTS_OWN.values() for name in own)}


def refused(sam: Person, ada: Person, name: str, queries: list[str]) -> list[object]:
    """What the list answers with a fault."""
    client = enter(ada if name == "event" else sam)
    client.raise_request_exception = False
    assert client.get(f"/desk/tips/{name}/").status_code == 200
    return faults(asked(client, "get", f"/desk/tips/{name}/{one}") for one in queries)


@pytest.mark.parametrize("name", LISTS_OWN)
def test_odd_queries_of_what_a_list_reads(sam: Person, ada: Person, name: str) -> None:
    nul, *others = ODD[:8]
    queries = [query(one, value) for one in LISTS_OWN[name] for value in others]
    # Each name with some of the values, and each value with some names; and one that is not read.
    queries = [*queries[::3], query("anything", "9" * 400)]
    queries += [query(one, nul) for one in LISTS_OWN[name]]  # which no database takes
    assert not refused(sam, ada, name, queries)


@pytest.mark.audit
@pytest.mark.parametrize("name", LISTS_OWN)
def test_odd_queries_of_every_list(sam: Person, ada: Person, name: str) -> None:
    queries = [query(one, value) for one in sorted(EVERY) for value in ODD[:8]]
    assert not refused(sam, ada, name, queries)


def lookups(model: type[models.Model]) -> list[str]:
    names = [field.name for field in model._meta.get_fields()]
    return [lookup for name in names for lookup in (name, f"{name}__startswith")]


def test_a_list_of_djangos_refuses_each_look_up_that_its_filters_do_not_offer(sam: Person) -> None:
    client = enter(sam)
    for lookup in lookups(Officer):
        assert client.get(f"/desk/tips/officer/?{lookup}=1").status_code == 400, lookup


@pytest.mark.parametrize("alone", [False, pytest.param(True, marks=pytest.mark.audit)])
def test_to_our_own_list_what_its_filters_do_not_offer_counts_as_not_said(
    sam: Person, alone: bool
) -> None:
    tip, client = new_tip(), enter(sam)
    asked_for = [f"{lookup}=1" for lookup in lookups(Tip)]
    for one in asked_for if alone else ["&".join(asked_for)]:
        page = client.get(f"/desk/tips/tip/?{one}").content.decode()
        assert f'<span class="ref">{tip}</span>' in page, one
