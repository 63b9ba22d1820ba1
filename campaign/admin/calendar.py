"""The office's hours: the seven weekdays on one screen, and the days on which it is closed."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from campaign import public_holidays
from campaign.admin.desk import ContentAdmin
from campaign.admin.items import DAY
from campaign.models import Closure, OpeningHours


class DayForm(forms.ModelForm):
    """One row of the week; each field says whose it is, as a table has no labels."""

    class Meta:
        model = OpeningHours
        fields = ("opens", "closes")
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            for name in ("opens", "closes")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{self.instance} {name}"


@admin.register(OpeningHours)
class OpeningHoursAdmin(ContentAdmin):
    """Seven rows, one a weekday, all changed at once; empty times mean closed."""

    list_display = ("day", "opens", "closes")
    list_display_links = None
    list_editable = ("opens", "closes")
    form = DayForm
    sortable_by = ()
    actions = None

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return DayForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OpeningHours | None = None) -> bool:
        return False


@admin.register(Closure)
class ClosureAdmin(ContentAdmin):
    """The list of closures, with the public holidays that could be added to it."""

    list_display = ("days", "reason")
    ordering = ("-first_day",)
    sortable_by = ()
    actions = None
    show_facets = admin.ShowFacets.NEVER
    formfield_overrides = {models.DateField: {"widget": DAY}}

    @admin.display(description="closed")
    def days(self, closure: Closure) -> str:
        """The closed days as text: one, or the first and the last."""
        first = f"{closure.first_day:%a %-d %b %Y}"
        if closure.first_day == closure.last_day:
            return first
        return f"{first} to {closure.last_day:%a %-d %b %Y}"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.add_holiday)
        return [
            path(
                "holiday/<int:year>/<int:month>/<int:day>/", view, name="campaign_closure_holiday"
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"holidays": public_holidays.not_yet_closed(timezone.localdate())}
        return super().changelist_view(request, context | (extra_context or {}))

    def add_holiday(self, request: HttpRequest, year: int, month: int, day: int) -> HttpResponse:
        """Closes the office on a holiday, by POST. Raises PermissionDenied where one may not."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        proposed = dict(public_holidays.not_yet_closed(timezone.localdate()))
        holiday = next(
            (one for one in proposed if (one.year, one.month, one.day) == (year, month, day)), None
        )
        if request.method == "POST" and holiday:
            self._close_on(request, holiday, proposed[holiday])
        return HttpResponseRedirect(reverse("admin:campaign_closure_changelist"))

    @transaction.atomic
    def _close_on(self, request: HttpRequest, holiday: date, name: str) -> None:
        closure = Closure.objects.create(first_day=holiday, last_day=holiday, reason=name)
        self.log_addition(request, closure, [{"added": {}}])
        messages.success(request, f"Closed on {holiday:%A %-d %B %Y}: {name}.")
