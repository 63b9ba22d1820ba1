"""What one verb is: the entry that the registry in `verbs` has for it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import QueryDict

from tips.actions import Stamp
from tips.models import Officer, Tip


@dataclass(frozen=True)
class Press:
    """An officer's press on a verb: the tip, who pressed, and what the form carried."""

    tip: Tip
    by: Officer
    stamp: Stamp
    typed: QueryDict

    def words(self, name: str) -> str:
        """What was typed in this field, without the NULs that no database takes."""
        return self.typed.get(name, "").replace("\0", "").strip()


def always(tip: Tip, officer: Officer) -> bool:
    """Whatever the tip is like, and whoever looks."""
    return True


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
    shows its form, to which the head of the tip's page links, or, where it `is_rare`, the section
    on who may open the tip.
    """

    name: str
    label: str
    event: str
    act: Callable[[Press], str]
    fields: tuple[Field, ...] = ()
    section: str = ""
    is_offered: Callable[[Tip, Officer], bool] = always
    button: str = ""
    key: str = ""
    own_page: OwnPage | None = None
    is_rare: bool = False
