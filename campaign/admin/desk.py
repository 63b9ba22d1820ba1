"""What the editors' screens ask of the site of the desk, and the trail of what they change."""

from typing import Any, Protocol, cast

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest

from campaign.models import Item, PendingChange
from slu_antitrafficking.change_lists import OwnFiltersAlone

LONGEST_NAME = 40  # characters, as the trail holds them


class Desk(Protocol):
    """The admin site that campaign is edited at; it knows the accounts, campaign does not."""

    def second_persons(self, first: str) -> list[str]:
        """The accounts that may confirm what this account asked for: independent editors."""

    def record_content_change(self, *, by: str, about: str) -> None:
        """One event in the trail, in the transaction of the change."""

    def mail_desk(self, *, words: str, about_number: bool) -> bool:
        """Whether the desk is mailed that a change waits, once the transaction counts."""


def desk_of(site: admin.AdminSite) -> Desk:
    """The site, for what is not Django's."""
    return cast(Desk, site)


def may_confirm(site: admin.AdminSite, pending: PendingChange) -> list[str]:
    """The accounts that are independent of everybody who asked for the change."""
    circles = [set(desk_of(site).second_persons(name)) for name in pending.asked_by]
    return sorted(set.intersection(*circles) - set(pending.asked_by))


def name_in_trail(row: Any) -> str:
    """Kind and slug, without a word of content."""
    kind = row._meta.model_name if not isinstance(row, Item) else row.family
    return f"{kind} {row.slug if isinstance(row, Item) else row}"[:LONGEST_NAME]


class ContentAdmin(OwnFiltersAlone):
    """Every change is an event, beside its line in the history."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        self._record(request, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        if message:  # saved without a change
            self._record(request, obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for row in queryset:
            self._record(request, row)
        return super().log_deletions(request, queryset)

    def _record(self, request: HttpRequest, row: Any) -> None:
        desk_of(self.admin_site).record_content_change(
            by=request.user.get_username(), about=name_in_trail(row)
        )
