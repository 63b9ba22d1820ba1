"""A release that was really made; a site with something to lose, its backup, another machine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.operations.desk_walk import Told, walked
from tests.operations.releasing import Workshop
from tests.running import CHEAP_WORDS, RunningSite

TWO_THOUSAND = "from tests.cast import send; [send() for _ in range(2000)]"


@pytest.fixture(scope="package")
def lost() -> Iterator[RunningSite]:
    """The site whose disk will be lost."""
    site = RunningSite(**CHEAP_WORDS).start()
    yield site
    site.throw_away()


@pytest.fixture(scope="package")
def told(lost: RunningSite) -> Told:
    """What was told, read and answered there before the backup, among 2,000 other tips."""
    code, said = lost.run("manage", "shell", "-v0", "-c", TWO_THOUSAND)
    assert code == 0, said
    return walked(lost)


@pytest.fixture(scope="package")
def backup(lost: RunningSite, told: Told) -> Path:
    """A sealed backup of it, made while it serves."""
    code, said = lost.run("backup")
    assert code == 0, said
    return Path(said.splitlines()[-1].partition(": ")[0])


@pytest.fixture
def elsewhere(lost: RunningSite) -> Iterator[Callable[[], RunningSite]]:
    """Makes another machine: an empty store of its own, not started."""
    made: list[RunningSite] = []

    def make() -> RunningSite:
        site = RunningSite(**CHEAP_WORDS).with_static_of(lost)
        made.append(site)
        return site

    yield make
    for site in made:
        site.throw_away()


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Where releases are made. Whoever changes its tree changes it back."""
    return Workshop(tmp_path_factory.mktemp("workshop"))


@pytest.fixture(scope="session")
def released(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of this tree's release."""
    return workshop.make(tmp_path_factory.mktemp("released"))
