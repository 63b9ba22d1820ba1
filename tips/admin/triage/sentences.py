"""The sentences that an officer ticks for an answer, and the answer that they make."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

from campaign import offers
from slu_antitrafficking.refusal import Refused
from tips import actions
from tips.admin.triage import repeats
from tips.crypto.sealing import Keyring
from tips.models import Tip

Group = tuple[str, list[tuple[offers.ReplySentence, bool]]]


def sentences_for(language: str, ticked: Collection[str] = ()) -> list[Group]:
    """By group its name and sentences as this citizen reads them, and whether each is ticked."""
    found = offers.reply_sentences(language)
    names = dict(offers.REPLY_GROUPS)
    return [
        (names[group], [(one, one.slug in ticked) for one in sentences])
        for group, sentences in groupby(found, key=lambda one: one.group)
    ]


def reply(
    *, tip: Tip, text: str, slugs: Sequence[str], anyway: bool, keys: Keyring, **more: Any
) -> None:
    """Sends the ticked sentences and then the officer's own words.

    Raises Repeats where those repeat something of the tip, unless `anyway`; and as `answer` and
    `actions.reply` do.
    """
    if not anyway:
        repeats.refuse(tip, text, keys)
    actions.reply(tip=tip, text=answer(tip.language, slugs, text), **more)


def answer(language: str, ticked: Collection[str], own_words: str) -> str:
    """The ticked sentences in the citizen's language, then the officer's own words.

    Raises Refused where one of them does not show any more.
    """
    if not ticked:
        return own_words
    chosen = [one for one in offers.reply_sentences(language) if one.slug in ticked]
    if len(chosen) != len(set(ticked)):
        raise Refused(
            "A sentence that you ticked is not there any more. Nothing was sent: look again."
        )
    return "\n\n".join(filter(None, (offers.said(chosen, language), own_words)))
