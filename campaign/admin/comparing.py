"""What a change does to what readers see: old beside new, every part that differs."""

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from campaign import second_person
from campaign.item_content import ItemContent
from campaign.models import FAMILIES, Language
from campaign.review import PARTS


class Row(NamedTuple):
    """One part: its name and language, and both of its values with what differs marked."""

    name: str
    language: str
    old: SafeString
    new: SafeString


def rows(before: ItemContent, after: ItemContent) -> list[Row]:
    """Columns first, then language by language; what no reader sees is left out."""
    was, will = _parts(before), _parts(after)
    return [
        Row(_name(after.family, *key), key[0], *_marked(was.get(key, ""), will.get(key, "")))
        for key in {**was, **will}
        if was.get(key, "") != will.get(key, "")
    ]


def _parts(item: ItemContent) -> dict[tuple[str, str], str]:
    """What readers see, by (language, name); a column has "" for its language."""
    if not item.values["published"]:
        return {("", "published"): "no"}
    names = FAMILIES[item.family].RELEASE_FIELDS
    parts = {("", name): _words(item.values[name]) for name in names}
    for code, text in second_person.shown_texts(item).items():
        parts |= {(code, name): words for name, words in text.items()}
        parts[code, "state"] = item.texts[code]["state"]
    return parts


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)


def _name(family: str, code: str, name: str) -> str:
    if code:
        return f"{Language(code).label}: {PARTS.get(name, name)}"
    return capfirst(str(FAMILIES[family]._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def _marked(old: str, new: str) -> tuple[SafeString, SafeString]:
    """Old and new as HTML; words that only one of them has stand in <del> or <ins>."""
    before, after = _split(old), _split(new)
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    left = _joined((tag != "equal", before[i:j]) for tag, i, j, _, _ in steps)
    right = _joined((tag != "equal", after[i:j]) for tag, _, _, i, j in steps)
    return _tagged("del", left), _tagged("ins", right)


def _split(text: str) -> list[str]:
    return re.findall(r"\s+|[^\s]+", "".join(map(_visible, text)))


def _visible(character: str) -> str:
    """The character, or [U+200B] in the place of one that nobody sees."""
    hidden = unicodedata.category(character) in ("Cf", "Cc", "Co") and character not in "\r\n\t"
    return f"[U+{ord(character):04X}]" if hidden else character


def _joined(parts: Iterator[tuple[bool, list[str]]]) -> Iterator[tuple[bool, str]]:
    return ((differs, "".join(words)) for differs, words in parts if words)


def _tagged(tag: str, parts: Iterator[tuple[bool, str]]) -> SafeString:
    marked = format_html(f"<{tag}>{{}}</{tag}>", "{}")
    return format_html_join(
        "", "{}", ((format_html(marked, words) if differs else words,) for differs, words in parts)
    )
