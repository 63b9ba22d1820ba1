"""What an officer can do with a tip: one entry a verb, from which address, button and draft come.

CONTRIBUTING.md has the recipe.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tips import actions
from tips.actions import Refused
from tips.admin.triage import sentences
from tips.admin.triage.access_verbs import ACCESS_VERBS
from tips.admin.triage.verb import Field, OwnPage, Verb, words_in
from tips.models import Event, Officer, Tip
from tips.models.vocabulary import Language
from tips.public import photo_results
from tips.public.uploads import SentPhoto


def _is_open(tip: Tip, officer: Officer) -> bool:
    return tip.is_open


def _is_closed(tip: Tip, officer: Officer) -> bool:
    return not tip.is_open


def _is_nobodys(tip: Tip, officer: Officer) -> bool:
    return tip.is_open and tip.owner_id is None


def _is_mine(tip: Tip, officer: Officer) -> bool:
    return tip.is_open and tip.owner_id == officer.pk


def _is_a_colleagues(tip: Tip, officer: Officer) -> bool:
    return tip.is_open and tip.owner_id not in (None, officer.pk)


def _may_answer(tip: Tip, officer: Officer) -> bool:
    return not _is_a_colleagues(tip, officer)


def _may_wait(tip: Tip, officer: Officer) -> bool:
    return _is_mine(tip, officer) and tip.status != Tip.Status.ASKED and tip.newest_message[1]


def _may_unpark(tip: Tip, officer: Officer) -> bool:
    return _is_mine(tip, officer) and tip.status == Tip.Status.PARKED


def _may_raise(tip: Tip, officer: Officer) -> bool:
    return tip.is_open and tip.urgency != Tip.Urgency.DANGER


def _may_lower(tip: Tip, officer: Officer) -> bool:
    return tip.is_open and tip.urgency == Tip.Urgency.DANGER


def _may_undo(tip: Tip, officer: Officer) -> bool:
    return tip.may_be_undone_by(officer)


def _officer(name: str) -> Officer:
    if not name:
        raise Refused("Choose to whom; nothing was changed.")
    officer = Officer.objects.active_named(name)
    if officer is None:
        raise Refused("There is no such officer, so it was not given.")
    return officer


def _day(typed: str) -> date:
    if not typed:
        raise Refused("Choose a day; nothing was changed.")
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Refused("Write the day as 2026-03-10; nothing was changed.") from None


def _is_ticked(typed: str) -> bool:
    return typed == "1"


def _language(code: str) -> str:
    if code not in Language:
        raise Refused("Choose the language that you translated it into; nothing was added.")
    return code


def _closing(tip: Tip, officer: Officer) -> dict[str, object]:
    outcomes = [(one, tip.why_not_closed_as(one, officer)) for one in Tip.Outcome]
    return {"outcomes": outcomes, "unseen_photos": actions.unseen_photos(tip=tip)}


def _close_as_same(*, duplicate_of: str, **more: Any) -> None:
    actions.close(outcome=Tip.Outcome.DUPLICATE, duplicate_of=duplicate_of, **more)


def _close_as_junk(**more: Any) -> None:
    actions.close(outcome=Tip.Outcome.JUNK, reason="Junk at first reading.", **more)


def _transcribe(*, text: str, photos: Sequence[SentPhoto], **more: Any) -> str:
    results = photo_results.clean(photos)
    if results.sent and not (text or results.clean):
        raise Refused(" ".join(["Nothing was added.", *results.problems()]))
    actions.transcribe(text=text, photos=results.clean, **more)
    about_photos = [f"{results.summary()}.", *results.problems()] if results.sent else []
    return " ".join(["Added to what the citizen says.", *about_photos])


def _said_on_the_phone(tip: Tip, officer: Officer) -> dict[str, object]:
    return {"may_open": True}


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            *("take", "Take", Event.Verb.TAKEN, actions.take, "You have it."),
            is_offered=_is_nobodys,
            button="main",
            key="t",
            takes_note=True,
        ),
        Verb(
            *("take_over", "Take over", Event.Verb.TAKEN, actions.take_over),
            done="You have it now.",
            fields=(Field("over_reason", "Take over, because", "reason"),),
            is_offered=_is_a_colleagues,
        ),
        Verb(
            *("give", "Give", Event.Verb.GIVEN, actions.give, "Given to {to}."),
            fields=(Field("to", "Give to", "to", _officer),),
            is_offered=_is_open,
            takes_note=True,
        ),
        Verb(
            *("give_back", "Give back", Event.Verb.GIVEN, actions.give_back),
            done="Given back: nobody has it.",
            is_offered=_is_mine,
            button="plain",
            takes_note=True,
        ),
        Verb(
            *("raise", "Raise to urgent", Event.Verb.RAISED, actions.raise_urgency),
            done="It is urgent now.",
            is_offered=_may_raise,
            button="danger-quiet",
        ),
        Verb(
            *("wait", "Wait for answer", Event.Verb.WAITING, actions.wait),
            done="It waits for the citizen's answer.",
            is_offered=_may_wait,
            button="plain",
            key="w",
        ),
        Verb(
            *("reply", "Answer", Event.Verb.REPLIED, sentences.reply),
            done="Answered. The citizen reads it with their code.",
            fields=(
                Field("answer", "Answer", "text"),
                Field("sentence", "Sentences", "slugs", str.split),
                Field("wait", "and wait for the answer", "wait", _is_ticked, is_kept=False),
                Field("anyway", "though it repeats the tip", "anyway", _is_ticked, is_kept=False),
            ),
            takes_keys=True,
            section="#h-conversation",
            is_offered=_may_answer,
            key="a",
        ),
        Verb(
            *("note", "Note", Event.Verb.NOTED, actions.note, "Noted."),
            fields=(Field("note", "Note", "text"),),
            section="#h-notes",
            key="n",
        ),
        Verb(
            *("translate", "Add translation", Event.Verb.NOTED, actions.note),
            done="The translation is added.",
            fields=(
                Field("translation", "Translation", "text"),
                Field("into", "Into", "into", _language, is_kept=False),
            ),
            section="#h-translation",
        ),
        Verb(
            *("not_same", "Not the same", Event.Verb.NOT_SAME, actions.not_same),
            done="Remembered: they are not the same.",
            fields=(Field("other", "As which tip", "other", is_kept=False),),
            section="#h-looks-like",
        ),
        Verb(
            *("maybe_same", "May be the same", Event.Verb.MAYBE_SAME, actions.maybe_same),
            done="Taken back: they may be the same, and are compared again.",
            fields=(Field("apart", "As which tip", "other", is_kept=False),),
            section="#h-looks-like",
        ),
        Verb(
            *("transcribe", "Said on the phone", Event.Verb.TRANSCRIBED, _transcribe),
            fields=(
                Field("said", "What was said", "text"),
                Field("danger", "In danger now", "is_danger", _is_ticked, is_kept=False),
            ),
            section="#h-conversation",
            own_page=OwnPage("desk/transcribe.html", _said_on_the_phone),
            takes_photos=True,
        ),
        Verb(
            *("lower", "Lower", Event.Verb.LOWERED, actions.lower_urgency),
            done="It is not urgent any more.",
            fields=(Field("lower_reason", "Not urgent any more, because", "reason"),),
            is_offered=_may_lower,
        ),
        Verb(
            *("park", "Park", Event.Verb.PARKED, actions.park, "Parked until {until:%-d %B}."),
            fields=(Field("until", "Look again on", "until", _day),),
            section="#h-next",
            is_offered=_is_mine,
        ),
        Verb(
            *("unpark", "Look at it now", Event.Verb.PARKED, actions.unpark),
            done="It is your turn now.",
            is_offered=_may_unpark,
            button="plain",
        ),
        Verb(
            *("close", "Close", Event.Verb.CLOSED, actions.close, "Closed."),
            fields=(
                Field("outcome", "Outcome", "outcome", is_kept=False),
                Field("duplicate_of", "Of which tip", "duplicate_of"),
                Field("reason", "Why", "reason"),
            ),
            is_offered=_is_open,
            key="x",
            own_page=OwnPage("desk/close.html", _closing),
        ),
        Verb(
            *("reopen", "Open again", Event.Verb.REOPENED, actions.reopen),
            done="It is open again.",
            fields=(Field("reopen_reason", "Open again, because", "reason"),),
            is_offered=_is_closed,
        ),
        Verb(
            *("unlink", "Take the link away", Event.Verb.UNLINKED, actions.unlink),
            done="{reference} is not linked to it any more.",
            fields=(Field("linked", "Linked tip", "reference", is_kept=False),),
        ),
        Verb(
            *("undo", "Undo", Event.Verb.UNDONE, actions.undo),
            done="Undone: it is as it was before.",
            is_offered=_may_undo,
            button="plain",
            key="z",
        ),
        Verb(
            *("same_as", "Same as", Event.Verb.CLOSED, _close_as_same),
            done="Closed: the same as {duplicate_of}.",
            fields=(Field("same_as", "Same as", "duplicate_of", is_kept=False),),
            is_offered=_is_nobodys,
            takes_note=True,
        ),
        Verb(
            *("junk", "Junk", Event.Verb.CLOSED, _close_as_junk, "Closed as junk."),
            is_offered=_is_nobodys,
            takes_note=True,
        ),
        *ACCESS_VERBS,
    )
}
# What must not be lost, wherever it stands.
KEPT = [field for verb in VERBS.values() for field in verb.fields if field.is_kept]
CHOSEN_BESIDE = (("answer", "wait"), ("sentence", "wait"), ("translation", "into"))


def words_left(typed: Mapping[str, str], done: Verb | None = None) -> dict[str, Field]:
    """The fields, by name, that hold something which this verb did not take."""
    taken = {field.name for field in done.fields} if done else set()
    taken |= {"note"} if done and done.takes_note else set()
    return {
        field.name: field
        for field in KEPT
        if field.name not in taken and words_in(typed, field.name)
    }


def kept(typed: Mapping[str, str], done: Verb | None = None) -> dict[str, str]:
    """The words that this verb did not take, by field, with what was chosen beside them."""
    left = {name: words_in(typed, name) for name in words_left(typed, done)}
    beside = [choice for words, choice in CHOSEN_BESIDE if words in left]
    return left | {choice: words_in(typed, choice) for choice in beside}


def offered(tip: Tip, officer: Officer) -> dict[str, Verb]:
    """The verbs whose form or button stands on this tip's page, by name."""
    return {name: verb for name, verb in VERBS.items() if verb.is_offered(tip, officer)}
