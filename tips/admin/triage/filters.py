"""How the queue is narrowed: its tabs with their counts, and what the officer picks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from campaign import offers
from tips.alarms import ladder
from tips.models import IS_LISTED, IS_OPEN, STANDS_APART, Officer, Tip
from tips.models.queue_order import (
    COUNTED,
    LateBefore,
    Part,
    capped_counts,
    counts_at_once,
    owned_late_before,
)
from tips.models.turns import Status, is_owners_turn, waits_as
from tips.models.vocabulary import Channel, District, Language

TURNS = ("take", "yours", "colleagues", "citizen", "agency", "parked")
NOBODY = "nobody"
ANY, NOT_SAID = ("", "Any"), ("none", "Not said")


class Tab(NamedTuple):
    """What a tab is called, and the open tips under it; none of the closed ones."""

    title: str
    parts: tuple[Part, ...] = ()


def tabs(officer: Officer, now: datetime | None = None) -> dict[str, Tab]:
    """The tabs by their name in the address.

    The first six are the turns: they add up to all that is open and does not stand apart.
    """
    now = now or timezone.now()
    today, late = timezone.localdate(now), late_before(now)
    untaken, owned = IS_OPEN & Q(owner=None), IS_OPEN & Q(owner__isnull=False)
    mine = IS_OPEN & Q(owner=officer)
    theirs = owned & ~Q(owner=officer) & is_owners_turn(today)
    to_take = Part(untaken & IS_LISTED, late.untaken)
    waiting = {
        "citizen": ("Citizen", Status.ASKED),
        "agency": ("Agency", Status.REFERRED),
        "parked": ("Parked", Status.PARKED),
    }
    return {
        "take": Tab("To take", (to_take,)),
        "yours": Tab("Yours", (Part(mine & is_owners_turn(today), late.owned),)),
        "colleagues": Tab("Colleagues’", (Part(theirs, late.owned),)),
        **{
            name: Tab(title, (Part(owned & waits_as(status, today)),))
            for name, (title, status) in waiting.items()
        },
        "open": Tab("All open", (to_take, Part(owned, late.owned))),
        "aside": Tab("Set aside", (Part(IS_OPEN & STANDS_APART),)),
        "closed": Tab("Closed"),
    }


def late_before(now: datetime) -> LateBefore:
    """Before which moments a turn must have begun to be late now."""
    return LateBefore(ladder.late_before(now, offers.hours()), owned_late_before(now))


def counts(
    officer: Officer,
    form: "NarrowForm | None" = None,
    more: Mapping[str, Q] | None = None,
) -> dict[str, int]:
    """How many stand under each tab of open tips, and of `more`; at most COUNTED + 1."""
    tips = Tip.objects.visible_to(officer).filter(form.narrowed() if form else Q())
    every = {name: tab.parts[0].rows for name, tab in tabs(officer).items() if len(tab.parts) == 1}
    every |= more or {}
    # No index of what is open begins with a type: each tab's count may read all of it.
    count = counts_at_once if form and "type" in form.picked else capped_counts
    found = count(tips, every)
    return found | {"open": min(sum(found[turn] for turn in TURNS), COUNTED + 1)}


class NarrowForm(forms.Form):
    """What the list is narrowed by; what it does not offer counts as not picked."""

    use_required_attribute = False

    district = forms.ChoiceField(choices=[ANY, *District.choices, NOT_SAID], required=False)
    language = forms.ChoiceField(
        choices=[ANY, *((one.value, one.english) for one in Language)], required=False
    )
    type = forms.ChoiceField(required=False)
    channel = forms.ChoiceField(label="Came by", choices=[ANY, *Channel.choices], required=False)
    who = forms.ChoiceField(label="Who has it", required=False)

    def __init__(self, typed: Mapping[str, Any]) -> None:
        super().__init__(typed, auto_id="narrow-%s")
        self.fields["type"].choices = [ANY, *offers.types().items()]  # type: ignore[attr-defined]
        self.fields["who"].choices = self._owners  # type: ignore[attr-defined]
        self.full_clean()

    @cached_property
    def officers(self) -> dict[str, UUID]:
        """Who opens tips, by name; whoever left may still be named on what is closed."""
        owners = Officer.objects.filter(role__in=Officer.roles_that_open(restricted=False))
        return dict(owners.order_by("username").values_list("username", "pk"))

    def _owners(self) -> list[tuple[str, str]]:
        return [ANY, (NOBODY, "Nobody"), *((name, name) for name in self.officers)]

    @property
    def picked(self) -> dict[str, str]:
        """What was picked, by the name of its field."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def in_words(self) -> str:
        """The same for people."""
        return ", ".join(
            str(dict(self.fields[name].choices)[value])  # type: ignore[attr-defined]
            for name, value in self.picked.items()
        )

    def narrowed(self) -> Q:
        """The tips that have all of it."""
        rows = Q()
        for name, value in self.picked.items():
            match name:
                case "type":
                    rows &= Q(types__contains=[value])
                case "who":
                    rows &= Q(owner=self.officers.get(value))
                case "district":
                    rows &= Q(district="" if value == NOT_SAID[0] else value)
                case _:
                    rows &= Q(**{name: value})
        return rows
