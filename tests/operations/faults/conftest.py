"""A crowd for the running site."""

import pytest

from tests.operations.faults.crowd import Crowd
from tests.running import RunningSite


@pytest.fixture
def crowd(site: RunningSite) -> Crowd:
    """Not sending yet: `with crowd:`."""
    return Crowd(site)
