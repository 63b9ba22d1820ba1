"""What the public door can read of the site: what its pages show, and nothing that waits."""

import json
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from campaign import snapshot
from campaign.models import (
    AllowedTarget,
    Closure,
    Contact,
    Milestone,
    OpeningHours,
    PendingChange,
    Picture,
    Sign,
    Text,
)
from tests.database.acting import acting_as, ask

pytestmark = pytest.mark.django_db
SECRETS = (
    "a-secret-name",
    "a-secret-draft",
    "a-secret-unpublished",
    "a-secret-reason",
    "(758) 468-9999",
    "a-secret-change",
    "a-secret-asker",
    "a-secret-target",
)


@pytest.fixture
def _secrets() -> None:
    """One of each kind of thing that no page shows."""
    Text.objects.filter(item__slug="debt", language="en").update(state_by=SECRETS[0])
    Text.objects.filter(item__slug="debt", language="es").update(title=SECRETS[1], state="draft")
    Sign.objects.filter(slug="no-pay").update(published=False, source=SECRETS[2])
    Contact.objects.create(slug="new", number=SECRETS[4], published=False)
    texts = {"en": {"body": SECRETS[5]}}
    office = Contact.objects.get(slug="office")
    PendingChange.objects.create(item=office, texts=texts, asked_by=[SECRETS[6]])
    AllowedTarget.objects.create(target=SECRETS[7], allowed_by=SECRETS[0])
    day = date(2030, 1, 1)
    Closure.objects.create(first_day=day, last_day=day, reason=SECRETS[3])


def readable() -> str:
    """All that the role can select, from every column that it may."""
    columns = ask(
        "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')"
        " AND a.attnum > 0 AND starts_with(c.relname, 'campaign_')"
        " AND has_column_privilege(c.oid, a.attnum, 'SELECT')"
    )
    rows = [ask(f'SELECT "{column}"::text FROM "{table}"') for table, column in columns]
    return "\n".join(str(value) for values in rows for (value,) in values)


@pytest.mark.usefixtures("_secrets")
def test_no_name_draft_or_unpublished_item_can_be_had_through_the_public_door() -> None:
    everything = readable()
    assert [secret for secret in SECRETS if secret not in everything] == []
    with acting_as("public"):
        public = readable()
    assert "A debt that never gets smaller" in public
    assert [secret for secret in SECRETS if secret in public] == []


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_both_doors_read_the_same_pages(language: str) -> None:
    pages = {}
    for kind in ("public", "desk"):
        with acting_as(kind):
            pages[kind] = snapshot.from_database(language)
    assert pages["public"] == pages["desk"] == snapshot.from_database(language)
    assert pages["public"] is not None
    assert len(pages["public"].signs) == 69


def test_the_pages_from_the_views_are_the_release_s() -> None:
    for language in ("en", "es", "fr"):
        from_views, from_files = (
            snapshot.from_database(language),
            snapshot.from_release(language),
        )
        assert from_views is not None
        assert from_views.entries == from_files.entries
        assert from_views.contacts == from_files.contacts
        assert from_views.hours == from_files.hours


def test_a_picture_is_read_while_its_item_shows() -> None:
    item = Milestone.objects.get(slug="campaign")
    raw = b"a-secret-picture"
    Picture.objects.create(
        item=item, small=raw, large=raw, fallback=raw, width=1, height=1, digest="0" * 32
    )
    query = "SELECT count(*) FROM campaign_published_picture"
    with acting_as("public"):
        assert ask(query) == [(1,)]
    Text.objects.filter(item=item, language="en").update(state="draft", state_at=timezone.now())
    with acting_as("public"):
        assert ask(query) == [(0,)]


def test_the_hours_of_the_week_are_read_without_what_the_release_wrote() -> None:
    OpeningHours.objects.filter(day=0).update(loaded=json.dumps({"opens": "a-secret"}))
    with acting_as("public"):
        assert len(ask("SELECT day, opens, closes FROM campaign_openinghours")) == 7
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            ask("SELECT loaded FROM campaign_openinghours")
