"""How the queue is narrowed: its tabs with their counts, districts, languages."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from tips.admin import pages
from tips.models import IS_LISTED, IS_OPEN, STANDS_APART, Officer, Tip, Turn
from tips.models.vocabulary import District, Language


def tabs(officer: Officer) -> dict[str, tuple[str, Q]]:
    """The tabs by their name in the address: what each is called, and what stands under it.

    The first six are the turns: they add up to all that is open and does not stand apart.
    """
    turns = {
        "take": ("To take", Q(turn=Turn.TO_TAKE)),
        "yours": ("Yours", Q(turn=Turn.OWNER, owner=officer)),
        "colleagues": ("Colleagues’", Q(turn=Turn.OWNER) & ~Q(owner=officer)),
        "citizen": ("Citizen", Q(turn=Turn.CITIZEN)),
        "agency": ("Agency", Q(turn=Turn.AGENCY)),
        "parked": ("Parked", Q(turn=Turn.PARKED)),
        "open": ("All open", Q()),
    }
    return {
        **{name: (title, IS_OPEN & IS_LISTED & rows) for name, (title, rows) in turns.items()},
        "aside": ("Set aside", IS_OPEN & STANDS_APART),
        "closed": ("Closed", ~IS_OPEN),
    }


def counts(officer: Officer, **more: Q) -> dict[str, int]:
    """How many stand under each tab, and of `more`; in one query over the open tips alone."""
    every = {name: rows for name, (_, rows) in tabs(officer).items() if name != "closed"} | more
    totals = {name: Count("pk", filter=rows) for name, rows in every.items()}
    return Tip.objects.visible_to(officer).open().with_turn().aggregate(**totals)


class TabFilter(admin.SimpleListFilter):
    """One tab of the queue."""

    title = "tab"
    parameter_name = "tab"
    template = "admin/tips/tip/tabs.html"

    def __init__(self, request: HttpRequest, *arguments: Any) -> None:
        self.officer = pages.officer_of(request)
        self.tabs = tabs(self.officer)
        super().__init__(request, *arguments)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, title) for name, (title, _) in self.tabs.items()]

    def value(self) -> str:
        """The tab asked for, else what nobody has taken."""
        value = super().value()
        return value if value in self.tabs else "take"

    def choices(self, changelist: Any) -> Any:
        found = counts(self.officer)
        for name, title in self.lookup_choices:
            yield {
                "selected": self.value() == name,
                "query_string": changelist.get_query_string({self.parameter_name: name}, ["p"]),
                "display": title,
                "count": found.get(str(name)),
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(self.tabs[self.value()][1])


class DistrictFilter(admin.SimpleListFilter):
    """Narrows the queue to tips from one district."""

    title = "district"
    parameter_name = "district"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """All of them, whether or not a tip has it: no query."""
        names = [(district.value, str(district.label)) for district in District]
        return [*names, ("none", "Not said")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if value := self.value():
            return queryset.filter(district="" if value == "none" else value)
        return queryset


class LanguageFilter(admin.SimpleListFilter):
    """Narrows the queue to tips that are answered in one language."""

    title = "language"
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return [(language.value, language.english) for language in Language]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(language=self.value()) if self.value() else queryset
