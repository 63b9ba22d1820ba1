"""What was typed into a box that is not on the page: shown as words, and carried on."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from campaign import offers
from tips.admin.triage.verb import Field, Verb, words_in
from tips.admin.triage.verbs import CHOSEN_BESIDE, words_left

SENTENCES = "sentence"  # the field whose values are slugs and no words


class Unsent(NamedTuple):
    """One box: its words, and what else goes along with the form, by name and value.

    `is_typed`: its words go along themselves.
    """

    field: Field
    text: str
    beside: tuple[tuple[str, str], ...] = ()
    is_typed: bool = True


def unsent(
    typed: Mapping[str, str],
    language: str = "",
    *,
    done: Verb | None = None,
    here: Collection[Field] = (),
) -> list[Unsent]:
    """What this verb did not take and no box that is `here` holds.

    `language` is the citizen's: sentences that can still be said in it are carried on.
    """
    found = []
    for name, field in words_left(typed, done).items():
        if name == SENTENCES:
            found += _sentences(typed, field, language, is_here=field in here)
        elif field not in here:
            beside = [
                (with_it, words_in(typed, with_it)) for of, with_it in CHOSEN_BESIDE if of == name
            ]
            found.append(Unsent(field, words_in(typed, name), tuple(beside)))
    return found


def _sentences(
    typed: Mapping[str, str], field: Field, language: str, *, is_here: bool
) -> list[Unsent]:
    """Those that were ticked, by their English lines; of a form that is here those it lacks."""
    ticked = words_in(typed, SENTENCES).split()
    said = {one.slug for one in offers.reply_sentences(language)} if language else set()
    shown = [slug for slug in ticked if not (is_here and slug in said)]
    if not shown:
        return []
    english = offers.english_lines(shown)
    lines = "\n".join(english.get(slug, f"A sentence that was deleted: {slug}") for slug in shown)
    beside = tuple((SENTENCES, slug) for slug in shown if slug in said)
    return [Unsent(field, lines, beside, is_typed=False)]
