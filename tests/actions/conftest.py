"""The tip that most tests of actions are about; some make one of their own."""

import pytest

from tests.cast import Person, send, tip_of
from tips import actions
from tips.models import Tip


@pytest.fixture
def sent(sam: Person) -> actions.Receipt:
    return send(what_happened="The story.")


@pytest.fixture
def tip(sent: actions.Receipt) -> Tip:
    return tip_of(sent)
