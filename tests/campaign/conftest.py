"""The copy in memory starts empty in every test; Edna and Eric edit the site."""

from collections.abc import Iterator

import pytest
from django.test import Client

from campaign import offers, snapshot_cache
from campaign.models import Page
from tests.campaign.editing import signed_in
from tests.cast import Person
from tests.restored import hired
from tips.models import Officer


@pytest.fixture(autouse=True)
def _nothing_in_memory() -> Iterator[None]:
    offers.forget()
    yield
    offers.forget()


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow machine the copy would be too old before all was looked at."""
    monkeypatch.setattr(snapshot_cache._snapshots, "_seconds", 3600)


@pytest.fixture
def editor(client: Client, sam: Person) -> Client:
    """Edna, in the test's own browser."""
    return signed_in(client, hired("edna", Officer.Role.EDITOR, sam))


@pytest.fixture
def second_editor(sam: Person) -> Client:
    """Eric, in a browser of his own."""
    return signed_in(Client(), hired("eric", Officer.Role.EDITOR, sam))


@pytest.fixture
def iom() -> Page:
    """A block of the home page that nobody in danger depends on."""
    return Page.objects.get(slug="home-iom")
