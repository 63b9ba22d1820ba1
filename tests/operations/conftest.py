"""A release that was really made, once for the whole run."""

from pathlib import Path

import pytest

from tests.operations.releasing import Workshop


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Where releases are made. Whoever changes its tree changes it back."""
    return Workshop(tmp_path_factory.mktemp("workshop"))


@pytest.fixture(scope="session")
def released(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of this tree's release."""
    return workshop.make(tmp_path_factory.mktemp("released"))
