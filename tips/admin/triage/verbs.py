"""What an officer can do with a tip: one entry a verb, from which address, button and draft come.

A verb is a function over one action, and its entry in VERBS. CONTRIBUTING.md has the recipe.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from tips import actions
from tips.actions import Refused, Stamp
from tips.admin.triage import repeats, sentences
from tips.crypto.sealing import Keyring
from tips.models import Event, Officer, Tip
from tips.models.vocabulary import Language


@dataclass(frozen=True)
class Press:
    """An officer's press on a verb: the tip, who pressed, and what the form carried."""

    tip: Tip
    by: Officer
    stamp: Stamp
    typed: QueryDict
    keys: Keyring

    def words(self, name: str) -> str:
        """What was typed in this field, without the NULs that no database takes."""
        return self.typed.get(name, "").replace("\0", "").strip()

    def ticked(self, name: str) -> list[str]:
        """The values that were ticked; a draft carries them in one, with spaces between."""
        return " ".join(self.typed.getlist(name)).split()


def _always(tip: Tip, officer: Officer) -> bool:
    return True


def _is_open(tip: Tip, officer: Officer) -> bool:
    return tip.is_open


@dataclass(frozen=True)
class Field:
    """What a verb asks: the name of the field, and how it is called where it stands alone."""

    name: str
    label: str
    long: bool = False


@dataclass(frozen=True)
class OwnPage:
    """The page of a verb whose form has one: a template, and what that needs besides the tip."""

    template: str
    context: Callable[[Tip, Officer], dict[str, object]]


@dataclass(frozen=True)
class Verb:
    """One thing to do with a tip.

    `act` does it and gives the sentence that says so; `is_offered` tells whether its form or button
    stands on the tip's page; `button` is the style of a button in the head, empty for a verb whose
    form has a place of its own; `key` is its access key; `fields` are kept over a lock; `own_page`
    shows its form, to which the head of the tip's page links.
    """

    name: str
    label: str
    event: str
    act: Callable[[Press], str]
    fields: tuple[Field, ...] = ()
    section: str = ""
    is_offered: Callable[[Tip, Officer], bool] = _always
    button: str = ""
    key: str = ""
    own_page: OwnPage | None = None


def _take(press: Press) -> str:
    actions.take(tip=press.tip, by=press.by, stamp=press.stamp)
    return "You have it."


def _give(press: Press) -> str:
    name = press.words("to")
    to = Officer.objects.active_named(name)
    if name and to is None:
        raise Refused("There is no such officer, so it was not given.")
    actions.give(tip=press.tip, by=press.by, to=to, stamp=press.stamp)
    return f"Given to {to}." if to else "Given back: nobody has it."


def _wait(press: Press) -> str:
    actions.wait(tip=press.tip, by=press.by, stamp=press.stamp)
    return "It waits for the citizen's answer."


def _reply(press: Press) -> str:
    own_words, wait = press.words("text"), press.words("wait") == "1"
    if not press.words("anyway"):
        repeats.refuse(press.tip, own_words, press.keys)
    text = sentences.answer(press.tip.language, press.ticked("sentence"), own_words)
    actions.reply(tip=press.tip, by=press.by, text=text, wait=wait, stamp=press.stamp)
    return "Answered. The citizen reads it with their code."


def _note(press: Press) -> str:
    actions.note(tip=press.tip, by=press.by, text=press.words("text"), stamp=press.stamp)
    return "Noted."


def _translate(press: Press) -> str:
    into = press.words("language")
    if into not in Language:
        raise Refused("Choose the language that you translated it into; nothing was added.")
    actions.note(tip=press.tip, by=press.by, text=press.words("text"), into=into, stamp=press.stamp)
    return "The translation is added."


def _raise(press: Press) -> str:
    actions.raise_urgency(tip=press.tip, by=press.by, stamp=press.stamp)
    return "It is urgent now."


def _lower(press: Press) -> str:
    reason = press.words("reason")
    actions.lower_urgency(tip=press.tip, by=press.by, reason=reason, stamp=press.stamp)
    return "It is not urgent any more."


def _park(press: Press) -> str:
    typed = press.words("until")
    try:
        until = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Refused("Write the day as 2026-03-10; nothing was changed.") from None
    actions.park(tip=press.tip, by=press.by, until=until, stamp=press.stamp)
    return "The day is set." if until else "There is no day set any more."


def _close(press: Press) -> str:
    actions.close(
        tip=press.tip,
        by=press.by,
        outcome=press.words("outcome"),
        reason=press.words("reason"),
        duplicate_of=press.words("duplicate_of"),
        stamp=press.stamp,
    )
    return "Closed."


def _outcomes(tip: Tip, officer: Officer) -> dict[str, object]:
    return {"outcomes": [(one, one.may_be_given_by(officer)) for one in Tip.Outcome]}


def _reopen(press: Press) -> str:
    actions.reopen(tip=press.tip, by=press.by, reason=press.words("reason"), stamp=press.stamp)
    return "It is open again."


def _is_nobodys(tip: Tip, officer: Officer) -> bool:
    return tip.is_open and tip.owner_id is None


def _may_wait(tip: Tip, officer: Officer) -> bool:
    return tip.is_open and tip.status != Tip.Status.ASKED


def _may_raise(tip: Tip, officer: Officer) -> bool:
    return tip.is_open and tip.urgency != Tip.Urgency.DANGER


def _may_lower(tip: Tip, officer: Officer) -> bool:
    return tip.is_open and tip.urgency == Tip.Urgency.DANGER


def _is_closed(tip: Tip, officer: Officer) -> bool:
    return not tip.is_open


_REASON = Field("reason", "Reason", long=True)
_TEXT = Field("text", "Your words", long=True)
VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            *("take", "Take", Event.Verb.TAKEN, _take),
            is_offered=_is_nobodys,
            button="main",
            key="t",
        ),
        Verb(
            *("give", "Give to somebody", Event.Verb.GIVEN, _give),
            fields=(Field("to", "To"),),
            is_offered=_is_open,
        ),
        Verb(
            *("raise", "Raise to urgent", Event.Verb.RAISED, _raise),
            is_offered=_may_raise,
            button="danger-quiet",
        ),
        Verb(
            *("wait", "Wait for answer", Event.Verb.WAITING, _wait),
            is_offered=_may_wait,
            button="plain",
            key="w",
        ),
        Verb(
            *("reply", "Answer", Event.Verb.REPLIED, _reply),
            fields=(
                Field("sentence", "Sentences"),
                _TEXT,
                Field("wait", "And wait for the answer"),
                Field("anyway", "Though it repeats something of the tip"),
            ),
            section="#h-conversation",
            key="a",
        ),
        Verb(
            *("note", "Note", Event.Verb.NOTED, _note),
            fields=(_TEXT,),
            section="#h-notes",
            key="n",
        ),
        Verb(
            *("translate", "Add a translation", Event.Verb.NOTED, _translate),
            fields=(_TEXT, Field("language", "Into")),
            section="#h-translation",
        ),
        Verb(
            *("lower", "Lower", Event.Verb.LOWERED, _lower),
            fields=(_REASON,),
            is_offered=_may_lower,
        ),
        Verb(
            *("park", "Look again", Event.Verb.PARKED, _park),
            fields=(Field("until", "Look again on"),),
            section="#h-next",
            is_offered=_is_open,
        ),
        Verb(
            *("close", "Close", Event.Verb.CLOSED, _close),
            fields=(
                Field("outcome", "Outcome"),
                Field("duplicate_of", "Of which tip"),
                _REASON,
            ),
            is_offered=_is_open,
            key="x",
            own_page=OwnPage("desk/close.html", _outcomes),
        ),
        Verb(
            *("reopen", "Open again", Event.Verb.REOPENED, _reopen),
            fields=(_REASON,),
            is_offered=_is_closed,
        ),
    )
}


def offered(tip: Tip, officer: Officer) -> dict[str, Verb]:
    """The verbs whose form or button stands on this tip's page, by name."""
    return {name: verb for name, verb in VERBS.items() if verb.is_offered(tip, officer)}
