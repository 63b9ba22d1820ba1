"""The copy in memory starts empty in every test."""

from collections.abc import Iterator

import pytest

from campaign import offers


@pytest.fixture(autouse=True)
def _nothing_in_memory() -> Iterator[None]:
    offers.forget()
    yield
    offers.forget()
