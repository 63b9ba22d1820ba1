"""Whatever stands in an address of the desk: an answer, never a fault, and never a look-up."""

import pytest
from django.db import models

from tests.admin.desk import enter, new_tip
from tests.cast import Person
from tests.odd_input import ODD, asked, faults, query
from tips.models import Event, Officer, Tip

pytestmark = pytest.mark.django_db
LISTS: dict[str, type[models.Model]] = {"tip": Tip, "event": Event, "officer": Officer}
OF_DJANGO = ("p", "page", "e", "o", "q", "all", "_to_field", "_popup", "_facets", "__", "lookup")


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.audit)])
@pytest.mark.parametrize("name", LISTS)
def test_odd_queries_of_every_list(sam: Person, ada: Person, name: str, every: int) -> None:
    client = enter(ada if name == "event" else sam)
    client.raise_request_exception = False
    assert client.get(f"/desk/tips/{name}/").status_code == 200
    own = ("tab", "district", "language", "type", "channel", "reference", "who", "what")
    own += ("from", "to", "after")
    queries = [query(one, value) for one in (*own, *OF_DJANGO) for value in ODD[:7]]
    queries = queries[::every]  # each name with some of the values, and each value with some names
    assert not faults(asked(client, "get", f"/desk/tips/{name}/{one}") for one in queries)


@pytest.mark.parametrize("name", ["tip", "officer"])
def test_no_list_looks_up_what_its_filters_do_not_offer(sam: Person, name: str) -> None:
    tip, client = new_tip(), enter(sam)
    for field in LISTS[name]._meta.get_fields():
        for lookup in (field.name, f"{field.name}__startswith"):
            answer = client.get(f"/desk/tips/{name}/?{lookup}=1")
            if name == "tip":  # a list of our own: what it does not know counts as not said
                assert f'<span class="ref">{tip}</span>' in answer.content.decode(), lookup
            else:
                assert answer.status_code == 400, lookup
