"""The words of a tip in clear, by where they stand."""

from collections.abc import Iterator, Mapping
from typing import Any

from tips.search.opened import Kind, SearchedPart, SearchedTip

# What the form's texts are called at the desk.
TEXTS = {
    "what_happened": "what happened",
    "place": "place",
    "when": "when",
    "people_harmed": "people harmed",
    "people_responsible": "people responsible",
    "vehicles_phones_online": "vehicles, phones, online",
    "reported_before": "reported before",
    "contact_name": "contact",
    "contact_details": "contact",
    "contact_safely": "contact",
}
# Answers that were ticked are no words.
TICKED = (
    *("danger_now", "under_18", "district", "relation", "first_hand", "official_involved"),
    *("may_share", "answer_language"),
)
SAID_IN = {Kind.MESSAGE: "a message", Kind.ANSWER: "an answer", Kind.NOTE: "a note"}


def texts(tip: SearchedTip) -> Iterator[tuple[str, str]]:
    """Where, and what stands there; in the order in which it was said."""
    for part in tip.parts:
        yield from _of_part(part)


def texts_of(tip: SearchedTip, kind: Kind) -> Iterator[str]:
    """What stands in its parts of this kind alone."""
    return (text for part in tip.parts if part.kind is kind for _, text in _of_part(part))


def _of_part(part: SearchedPart) -> Iterator[tuple[str, str]]:
    if part.kind is Kind.TIP:
        yield from document_texts(part.document)
    elif text := _said(part.document):
        yield SAID_IN[part.kind], text


def document_texts(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The same of a tip's document, whatever form or release made it."""
    for name, text in document.items():
        if text and isinstance(text, str) and name not in TICKED:
            yield TEXTS.get(name) or name.replace("_", " "), text


def _said(document: Mapping[str, Any]) -> str:
    text = document.get("text")
    return text if isinstance(text, str) else ""
