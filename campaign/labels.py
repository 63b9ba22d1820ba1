"""How the editors' screens name things: an item by its English title, a text by its state."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from campaign.loading import RELEASE
from campaign.models import Item, Language, Text

STATES = {
    "reviewed": "reviewed",
    "machine": "machine-written",
    "draft": "draft",
    "written": "draft, machine-written",
    "outdated": "outdated",
    "missing": "missing",
}


def served() -> list[str]:
    """The languages that have pages, English first."""
    codes = [code for code, _name in settings.LANGUAGES]
    return sorted(codes, key=lambda code: code != "en")


def label(item: Item) -> str:
    """The English title, or the slug while there is none. Wants the item's texts prefetched."""
    titles = (text.title for text in item.texts.all() if text.language == "en" and text.title)
    return next(titles, item.slug)


def state_of(text: Text | None) -> str:
    """One of STATES: a text whose English moved on is outdated, whatever it was before."""
    if text is None or not text.title:
        return "missing"
    return "outdated" if text.outdated else text.state


def words_of_state(text: Text | None) -> str:
    """The state in words; a release's draft is a machine's until somebody edits it."""
    state = state_of(text)
    is_a_releases = text is not None and text.language != Language.EN and text.state_by == RELEASE
    return STATES["written" if state == "draft" and is_a_releases else state]


def mark(state: str, word: str = "") -> SafeString:
    """A state as a shape and a word: HTML for the list and the panels."""
    return format_html(
        '<span class="state state--{}">{}</span>', state, word or STATES.get(state, state)
    )


def marks(item: Item, languages: Iterable[str]) -> SafeString:
    """Every language with the state of its text."""
    texts = {text.language: text for text in item.texts.all()}
    codes = [*languages, *(code for code in texts if code not in languages)]
    rows = ((Language(code).label, code, mark(state_of(texts.get(code)))) for code in codes)
    return format_html(
        '<ul class="states">{}</ul>',
        format_html_join("", '<li><abbr title="{}">{}</abbr> {}</li>', rows),
    )


class ItemChoice(forms.ModelChoiceField):
    """A choice of one item, by its English title."""

    def label_from_instance(self, obj: Any) -> str:
        """The English title; of a contact with its number."""
        number = getattr(obj, "number", "") if obj.family == "contact" else ""
        return f"{label(obj)}: {number}" if number else label(obj)


class ItemChoices(forms.ModelMultipleChoiceField):
    """A choice of several items, by their English titles."""

    def label_from_instance(self, obj: Any) -> str:
        """The item by its English title."""
        return label(obj)
