"""The active desk key is asked for once in some seconds."""

import time

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.cast import Person
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
