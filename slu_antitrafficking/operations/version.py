"""The number and the day of this release, which stand in one place: the first heading of the
changelog."""

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

HEADING = re.compile(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)$", re.MULTILINE)


class Version(NamedTuple):
    """A release's number, its day, and what the changelog says of it (Markdown)."""

    number: str
    day: date
    notes: str


def of(tree: Path) -> Version:
    """The release that this tree is. Raises ValueError when its changelog begins with none."""
    text = (tree / "CHANGELOG.md").read_text()
    first = HEADING.search(text)
    if first is None:
        raise ValueError(f"{tree}/CHANGELOG.md has no heading like “## 1.2.3 (2026-01-31)”.")
    following = text.find("\n## ", first.end())
    notes = text[first.start() : following if following > 0 else len(text)]
    return Version(first[1], date.fromisoformat(first[2]), notes.strip() + "\n")
