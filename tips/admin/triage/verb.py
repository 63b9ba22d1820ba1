"""What a verb is: which action does it, where it stands on the page, and what it asks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from tips.actions import Stamp
from tips.crypto.sealing import Keyring
from tips.models import Officer, Tip
from tips.public.uploads import SentPhoto


def _text(typed: str) -> str:
    return typed


@dataclass(frozen=True)
class Field:
    """What a verb asks: the field's name, its label, and which argument of the action it becomes.

    `read` makes the argument of what was typed, and raises Refused for what it cannot read.
    `is_kept`: what stands in it is not to be lost. The tip's page is one form, so no two fields of
    it have the same name.
    """

    name: str
    label: str
    argument: str
    read: Callable[[str], Any] = _text
    is_kept: bool = True


@dataclass(frozen=True)
class OwnPage:
    """The page of a verb whose form has one: a template, and what that needs besides the tip."""

    template: str
    context: Callable[[Tip, Officer], dict[str, object]]


@dataclass(frozen=True)
class Verb:
    """One thing to do with a tip.

    `action` does it, and `done` is the sentence that says so, with tip and arguments in braces;
    empty where the action itself gives one. `takes_photos`: it is given what was sent of them;
    `takes_keys`: it is given the session's, to compare with what they open.
    `is_offered` tells whether it stands on the tip's page: as a button in the head in the style
    `button`, or in a place of its own where that is empty. `key` is its access key, `section` where
    the page stands afterwards. `own_page` shows its form, to which a button in the head leads, or,
    where it `is_rare`, one in the section on who may open the tip.
    `takes_note`: a note that was typed beside it is added with it.
    """

    name: str
    label: str
    event: str
    action: Callable[..., Any]
    done: str = ""
    fields: tuple[Field, ...] = ()
    section: str = ""
    is_offered: Callable[[Tip, Officer], bool] = lambda tip, officer: True
    button: str = ""
    key: str = ""
    own_page: OwnPage | None = None
    is_rare: bool = False
    takes_note: bool = False
    takes_photos: bool = False
    takes_keys: bool = False

    def press(
        self,
        *,
        tip: Tip,
        by: Officer,
        stamp: Stamp,
        typed: QueryDict,
        keys: Keyring,
        photos: Sequence[SentPhoto] = (),
    ) -> str:
        """Does it, and gives the sentence that says so. Raises what the action raises."""
        arguments: dict[str, Any] = {
            field.argument: field.read(words_in(typed, field.name)) for field in self.fields
        }
        if self.takes_photos:
            arguments["photos"] = photos
        if self.takes_keys:
            arguments["keys"] = keys
        said = self.action(tip=tip, by=by, stamp=stamp, **arguments)
        return self.done.format(tip=tip, **arguments) or str(said)


def words_in(typed: Mapping[str, str], name: str) -> str:
    """What was typed in this field, without the NULs that no database takes.

    Several values, which were ticked, are one text with spaces between.
    """
    values = typed.getlist(name) if isinstance(typed, QueryDict) else [typed.get(name, "")]
    return " ".join(values).replace("\0", "").strip()
