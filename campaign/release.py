"""The rows this release brings: content/facts says what there is, a folder a language the words."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from campaign.item_content import ItemContent

CONTENT = Path(__file__).parent / "content"
LOOKED_AT = "looked-at.json"
WORDS = ("title", "summary", "body")
# What is not English was written by a machine; where nobody here can judge it, it stays a draft.
STATES = {"en": "reviewed", "es": "machine", "fr": "machine", "acf": "draft", "ht": "draft"}


@dataclass(frozen=True)
class Row(ItemContent):
    """One item of the release, as its files have it."""

    outdated: frozenset[str] = frozenset()  # languages that nobody looked at since English changed


@cache
def rows() -> tuple[Row, ...]:
    """Every item of the release, file by file, in the order of each file."""
    release = _read(CONTENT / "release.toml")
    facts = [_read(path) for path in _files("facts")]
    sources = release["sources"] | {
        key: source for file in facts for key, source in file.pop("sources", {}).items()
    }
    words = {language: words_in(language) for language in STATES}
    looked_at = {language: _looked_at(language) for language in STATES if language != "en"}
    positions: Counter[str] = Counter()
    items = []
    for family, slug, values in _items(facts):
        positions[family] += 1
        name = f"{family}.{slug}"
        texts = {code: by_name[name] for code, by_name in words.items() if name in by_name}
        english = fingerprint(texts["en"])
        outdated = {
            code
            for code, marks in looked_at.items()
            if code in texts and marks.get(name) != english
        }
        whole = _values(values, sources, release["checked"], position=10 * positions[family])
        items.append(Row(family, slug, whole, texts, outdated=frozenset(outdated)))
    return tuple(items)


@cache
def week() -> tuple[tuple[time, time] | None, ...]:
    """The office hours from Monday to Sunday."""
    return tuple(_span(day) for day in _read(CONTENT / "release.toml")["hours"]["week"])


def fingerprint(text: Mapping[str, str]) -> str:
    """Eight hex digits that change with any word of the text."""
    whole = "\0".join(text[name] for name in WORDS)
    return blake2b(whole.encode(), digest_size=4).hexdigest()


def look_at(language: str) -> list[str]:
    """Notes that this language's texts fit today's English; the names of those newly noted."""
    english = {f"{row.family}.{row.slug}": row for row in rows() if language in row.texts}
    marks = {name: fingerprint(row.texts["en"]) for name, row in sorted(english.items())}
    before = _looked_at(language)
    (CONTENT / language / LOOKED_AT).write_text(json.dumps(marks, indent=0) + "\n")
    rows.cache_clear()
    return [name for name, mark in marks.items() if before.get(name) != mark]


def _looked_at(language: str) -> dict[str, str]:
    path = CONTENT / language / LOOKED_AT
    return json.loads(path.read_text()) if path.exists() else {}


def _items(facts: list[dict[str, Any]]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for file in facts:
        for family, items in file.items():
            for slug, values in items.items():
                yield family, slug, values


def words_in(language: str) -> dict[str, dict[str, str]]:
    """Every text of this language by kind and slug, as page.home: its parts and its state."""
    state = STATES[language]
    return {
        f"{family}.{slug}": {name: text.get(name, "").strip() for name in WORDS} | {"state": state}
        for path in _files(language)
        for family, items in _read(path).items()
        for slug, text in items.items()
    }


def _span(day: str) -> tuple[time, time] | None:
    if not day:
        return None
    opens, closes = (time.fromisoformat(clock.rjust(5, "0")) for clock in day.split("-"))
    return opens, closes


def _values(
    values: dict[str, Any], sources: dict[str, Any], checked: Any, position: int
) -> dict[str, Any]:
    values = dict(values)
    named_sources = [_source(sources[key]) for key in values.pop("source", [])]
    named_sources.sort(key=lambda source: not source.get("url"))  # the link belongs to the first
    is_dated = named_sources and values.pop("checked", True)
    values["types"] = sorted(values.get("types", []))
    values["signs"] = sorted(values.get("signs", []))
    return (
        {"open_points": ""}
        | values
        | {
            "position": position,
            "published": True,
            "source": "; ".join(source["name"] for source in named_sources),
            "source_url": next(
                (source["url"] for source in named_sources if source.get("url")), ""
            ),
            "checked_on": checked.isoformat() if is_dated else None,
        }
    )


def _source(source: str | dict[str, str]) -> dict[str, str]:
    return {"name": source} if isinstance(source, str) else source


def _files(folder: str) -> list[Path]:
    return sorted((CONTENT / folder).glob("*.toml"), key=lambda path: path.stem)


def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)
