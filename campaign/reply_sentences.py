"""The sentences that the desk can tick for an answer, as their reader will get them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils import translation
from django.utils.translation import gettext

from campaign import wording
from campaign.models import ReplyText, Text
from campaign.snapshot_cache import FRESH, current
from slu_antitrafficking.ttl_cache import TTLCache

_sentences: TTLCache["tuple[ReplySentence, ...]"] = TTLCache(FRESH)
REPLY_GROUPS: Sequence[tuple[str, str]] = ReplyText.Group.choices


class Reading(StrEnum):
    """In what state somebody who reads this language gets a sentence."""

    REVIEWED = "reviewed"
    MACHINE = "machine"  # with the line that says so
    ENGLISH = "english"  # what there is in their language is a draft, or older than its English


@dataclass(frozen=True)
class ReplySentence:
    """One sentence: its English line, and what its reader gets."""

    slug: str
    group: str  # a value of ReplyText.Group
    english: str
    text: str
    language: str  # of `text`
    reading: Reading


def reply_sentences(language: str) -> tuple[ReplySentence, ...]:
    """All published ones, in the order in which an answer says them; as fresh as a page.

    They stand on no page, so only the desk's role may read them. Raises django.db.Error while the
    database is away.
    """
    return _sentences.get(language, lambda _: _read(language))


def english_lines(slugs: Iterable[str]) -> dict[str, str]:
    """The English line of each by slug, published or not; none for what is deleted."""
    texts = Text.objects.filter(item__family=ReplyText.FAMILY, item__slug__in=slugs, language="en")
    contacts = current("en").contacts
    rows = texts.values_list("item__slug", "title")
    return {slug: wording.spelled(title, contacts) for slug, title in rows}


def forget() -> None:
    """The next question reads the database."""
    _sentences.forget()


def _read(language: str) -> tuple[ReplySentence, ...]:
    texts = Text.objects.filter(item__family=ReplyText.FAMILY, item__published=True)
    rows = texts.filter(language__in=("en", language)).exclude(state=Text.State.DRAFT)
    by_slug: dict[str, dict[str, Text]] = {}
    for text in (
        rows.exclude(title="")
        .select_related("item__replytext")
        .order_by("item__position", "item__slug")
    ):
        by_slug.setdefault(text.item.slug, {})[text.language] = text
    found = [_sentence(texts, language) for texts in by_slug.values() if "en" in texts]
    order = [group.value for group in ReplyText.Group]
    return tuple(sorted(found, key=lambda one: order.index(one.group)))


def machine_line(language: str) -> str:
    """What says in this language that a machine translated it; English where we lack the words."""
    with translation.override(language):
        return gettext("Translated by a machine, and not yet checked word by word.")


def said(sentences: Iterable[ReplySentence], language: str) -> str:
    """The sentences as the citizen reads them, each a line; what a machine wrote says so below."""
    chosen = list(sentences)
    lines = [one.text for one in chosen]
    if any(one.reading == Reading.MACHINE for one in chosen):
        lines.append(f"({machine_line(language)})")
    return "\n".join(lines)


def _sentence(texts: dict[str, Text], language: str) -> ReplySentence:
    english, theirs = texts["en"], texts.get(language)
    if theirs is None or theirs.outdated:
        theirs, reading = english, Reading.ENGLISH
    else:
        reading = Reading.REVIEWED if theirs.state == Text.State.REVIEWED else Reading.MACHINE
    contacts = current("en").contacts
    return ReplySentence(
        slug=english.item.slug,
        group=english.item.replytext.group,
        english=wording.spelled(english.title, contacts),
        text=wording.spelled(theirs.title, contacts),
        language=theirs.language,
        reading=reading,
    )
