"""A store that has been set up."""

import pytest

from tests.running import RunningSite


@pytest.fixture
def stopped(_site: RunningSite) -> RunningSite:
    """A $VAR that has been set up, and nothing running on it."""
    if not _site.var.exists():
        _site.start()
    if _site.up:
        _site.stop()
    return _site
