"""A verb of the registry, and a tip on which it is offered."""

import pytest

from tests.admin.triage.trying import TYPED, tip_for
from tests.cast import Person
from tips.admin.triage.verbs import VERBS
from tips.models import Tip


@pytest.fixture(params=VERBS)
def verb(request: pytest.FixtureRequest) -> str:
    """Every one, unless a test says which."""
    assert set(TYPED) == set(VERBS), "a verb has no example here"
    return str(request.param)


@pytest.fixture
def tip(verb: str, kim: Person, dana: Person) -> Tip:
    """One on which Kim is offered the verb."""
    return tip_for(verb, kim, dana)
