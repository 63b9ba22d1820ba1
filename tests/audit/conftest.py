"""Tools of other people, from npm and Debian; their versions stand in package-lock.json."""

import shutil
import subprocess
from pathlib import Path

import pytest

from slu_antitrafficking.start.venv import apt

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of the installed npm packages; Node and Java come with the first use."""
    if not (shutil.which("npm") and shutil.which("java")):
        apt(
            "nodejs",
            "npm",
            "default-jre-headless",
            otherwise="The audit needs Node.js with npm, and Java.",
        )
    modules = HERE / "node_modules"
    if not (modules / "lighthouse").exists():
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(command, cwd=HERE, check=True, capture_output=True)
    return modules
