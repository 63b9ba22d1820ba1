"""The rows this release brings: content/items.toml (facts, order), one file of words a language."""

import tomllib
from dataclasses import dataclass
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"
WORDS = ("title", "summary", "body")


@dataclass(frozen=True)
class Row:
    """One item: its family and slug, the values of its columns, and its words by language."""

    family: str
    slug: str
    values: dict[str, Any]
    texts: dict[str, dict[str, str]]

    def title(self, language: str) -> str:
        """The title in this language, else in English."""
        return (self.texts.get(language) or self.texts["en"])["title"]


@cache
def rows() -> tuple[Row, ...]:
    """Every item of the release, family by family, in the order of the file."""
    facts = _read("items.toml")
    names, checked = facts.pop("sources"), facts.pop("checked")
    facts.pop("hours")
    words = {path.stem: _read(path.name) for path in CONTENT.glob("*.toml") if path.stem != "items"}
    return tuple(
        Row(
            family,
            slug,
            _values(values, names, checked, position=10 * place),
            {
                language: _text(texts[family][slug])
                for language, texts in sorted(words.items())
                if slug in texts.get(family, {})
            },
        )
        for family, items in facts.items()
        for place, (slug, values) in enumerate(items.items(), 1)
    )


@cache
def week() -> tuple[tuple[time, time] | None, ...]:
    """The office hours from Monday to Sunday."""
    return tuple(_span(day) for day in _read("items.toml")["hours"]["week"])


def _span(day: str) -> tuple[time, time] | None:
    if not day:
        return None
    opens, closes = (time.fromisoformat(clock.rjust(5, "0")) for clock in day.split("-"))
    return opens, closes


def _values(
    values: dict[str, Any], names: dict[str, str], checked: Any, position: int
) -> dict[str, Any]:
    values = dict(values)
    sources = values.pop("source", [])
    dated = sources and values.pop("checked", True)
    values["types"] = sorted(values.get("types", []))
    return values | {
        "position": position,
        "published": True,
        "source": "; ".join(names[source] for source in sources),
        "source_url": "",
        "checked_on": checked.isoformat() if dated else None,
    }


def _text(words: dict[str, str]) -> dict[str, str]:
    state = words.get("state", "reviewed")
    return {name: words.get(name, "").strip() for name in WORDS} | {"state": state}


def _read(name: str) -> dict[str, Any]:
    with (CONTENT / name).open("rb") as file:
        return tomllib.load(file)
