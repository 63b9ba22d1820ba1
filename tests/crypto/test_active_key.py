"""What is remembered of the desk keys for some seconds."""

import time

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.cast import Person
from tips.access import desk_keys
from tips.crypto import active_key
from tips.models import DeskKey


def test_the_active_key_is_remembered_for_some_seconds_and_no_longer(
    sam: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with django_assert_num_queries(1):
        key = active_key.current()
        assert active_key.current() == key
    DeskKey.objects.update(activated_at=None)
    assert active_key.current() == key
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 16)
    with pytest.raises(active_key.NoDeskKey):
        active_key.current()


def test_the_active_key_is_the_one_with_its_id_and_public_half(sam: Person) -> None:
    row = DeskKey.objects.get()
    assert active_key.current()[:2] == (bytes(row.kid), bytes(row.public))


def test_sheets_are_confirmed_once_any_key_s_were_or_where_there_is_no_key(sam: Person) -> None:
    def confirmed() -> bool:
        active_key.forget()
        return active_key.are_sheets_confirmed()

    DeskKey.objects.update(sheets_confirmed_at=None)
    assert not confirmed()
    desk_keys.rotate(sam.held, by="sam")
    assert not confirmed()
    DeskKey.objects.exclude(retired_at=None).update(sheets_confirmed_at=timezone.now())
    assert confirmed()
    DeskKey.objects.update(activated_at=None, sheets_confirmed_at=None)
    assert confirmed()


def test_a_key_made_meanwhile_is_found_once_what_was_is_forgotten(sam: Person) -> None:
    before = active_key.current().kid
    assert not active_key.has_claimed_successor(before)
    remembered = active_key.current()
    held = desk_keys.rotate(sam.held, by="sam")
    active_key._active.set(None, remembered)
    active_key._claimed_successors.set(before, False)
    active_key.forget()
    after = next(reversed(held))
    assert active_key.current().kid == after != before
    assert active_key.has_claimed_successor(before)
    assert not active_key.has_claimed_successor(after)


def test_whether_a_key_has_a_successor_is_asked_once_in_some_seconds(
    sam: Person,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kid = active_key.current().kid
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with django_assert_num_queries(1):
        assert not active_key.has_claimed_successor(kid)
        assert not active_key.has_claimed_successor(kid)
    DeskKey.objects.update(predecessor=kid)
    monkeypatch.setattr(time, "monotonic", lambda: now + 14)
    assert not active_key.has_claimed_successor(kid)
    monkeypatch.setattr(time, "monotonic", lambda: now + 16)
    assert active_key.has_claimed_successor(kid)
