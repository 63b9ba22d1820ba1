"""A crowd for the running site, and a site that a test may break."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.faults.crowd import Crowd
from tests.running import RunningSite


@pytest.fixture
def crowd(site: RunningSite) -> Crowd:
    """Not sending yet: `with crowd:`."""
    return Crowd(site)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningSite]:
    """A site of its own, for what nobody else should suffer."""
    site = RunningSite().after_first_start().start()
    yield site
    site.throw_away()
