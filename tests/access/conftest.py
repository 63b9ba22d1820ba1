"""A desk whose mail leaves."""

from typing import Any

import pytest


@pytest.fixture
def mailed(settings: Any) -> None:
    """Mail has somewhere to go."""
    settings.MAIL_LEAVES = True
