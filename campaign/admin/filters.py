"""The filters of the editors' lists."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from campaign.labels import STATES, label, served
from campaign.models import Language, Page, Text


class TextState(admin.SimpleListFilter):
    """Items by the state of one language's text."""

    title = "texts"
    parameter_name = "texts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Values are LANGUAGE-STATE, as es-draft; English is never missing or outdated."""
        return [
            (f"{code}-{state}", f"{Language(code).label}: {name}")
            for code in served()
            for state, name in STATES.items()
            if code != "en" or state not in ("missing", "outdated")
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        code, _, state = (self.value() or "").partition("-")
        if state not in STATES:
            return queryset
        texts = Text.objects.filter(item=OuterRef("pk"), language=code).exclude(title="")
        if state == "missing":
            return queryset.filter(~Exists(texts))
        if state == "outdated":
            return queryset.filter(Exists(texts.filter(outdated=True)))
        return queryset.filter(Exists(texts.filter(outdated=False, state=state)))


class StandsOn(admin.SimpleListFilter):
    """Blocks and questions by their page."""

    title = "page"
    parameter_name = "on"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        pages = Page.objects.filter(on=None).prefetch_related("texts")
        return [(page.slug, label(page)) for page in pages]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(on__slug=self.value()) if self.value() else queryset
