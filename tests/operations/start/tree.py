"""A copy of this tree in which a test may change what it likes."""

import shutil
from pathlib import Path

from slu_antitrafficking.start.options import ROOT

STARTER = ("run", "slu_antitrafficking")
SITE = (*STARTER, "CHANGELOG.md", "campaign", "manage.py", "static", "templates", "tips")
RELEASED = (*SITE, ".gitignore", "deploy")
NOT_OURS = shutil.ignore_patterns("__pycache__", "node_modules")


def copy(to: Path, names: tuple[str, ...]) -> Path:
    """These files and folders, and the requirements; without .venv and $VAR."""
    to.mkdir()
    for name in (*names, *(file.name for file in ROOT.glob("requirements*"))):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=NOT_OURS)
        else:
            shutil.copy(ROOT / name, to / name)
    return to
