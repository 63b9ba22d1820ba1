"""Tools of other people, from npm and Debian; their versions stand in package-lock.json."""

import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of the installed npm packages."""
    modules = HERE / "node_modules"
    if not (modules / "lighthouse").exists():
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(command, cwd=HERE, check=True, capture_output=True)
    return modules
