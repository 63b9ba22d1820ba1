"""What a verb is: which action does it, where it stands on the page, and what it asks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from tips.actions import Stamp
from tips.models import Officer, Tip


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

    `action` does it, and `done` is the sentence that says so, with the arguments in braces.
    `is_offered` tells whether it stands on the tip's page: as a button in the head in the style
    `button`, or in a place of its own where that is empty. `key` is its access key, `section` where
    the page stands afterwards. `own_page` shows its form, to which a button in the head leads.
    `takes_note`: a note that was typed beside it is added with it.
    """

    name: str
    label: str
    event: str
    action: Callable[..., Any]
    done: str
    fields: tuple[Field, ...] = ()
    section: str = ""
    is_offered: Callable[[Tip, Officer], bool] = lambda tip, officer: True
    button: str = ""
    key: str = ""
    own_page: OwnPage | None = None
    takes_note: bool = False

    def press(self, *, tip: Tip, by: Officer, stamp: Stamp, typed: QueryDict) -> str:
        """Does it, and gives the sentence that says so. Raises what the action raises."""
        arguments = {
            field.argument: field.read(words_in(typed, field.name)) for field in self.fields
        }
        self.action(tip=tip, by=by, stamp=stamp, **arguments)
        return self.done.format(**arguments)


def words_in(typed: QueryDict, name: str) -> str:
    """What was typed in this field, without the NULs that no database takes."""
    return typed.get(name, "").replace("\0", "").strip()
