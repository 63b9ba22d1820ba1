"""The trail, to ask and read: for auditors. It holds no word of any tip."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from tips.admin import pages
from tips.admin.oversight import questions
from tips.admin.oversight.answers import LINES_A_PAGE, Answer, answer, days
from tips.admin.oversight.questions import COUNTED, KINDS, PRINTED, Question
from tips.models import Event

HEAD = ("When", "Who", "What", "Tip", "Outside office hours", "Not theirs")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would calculate


class EventAdmin(admin.ModelAdmin):
    """Three questions and their answers; nothing to change, and reasons stay sealed."""

    actions = None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The question's form, and what the trail answers."""
        self._must_be_allowed(request)
        question = questions.asked(request.GET)
        after = questions.cursor(request.GET)
        found = answer(question, after, most=LINES_A_PAGE, counted=COUNTED)
        return pages.page(request, "desk/trail.html", _context(found))

    def print_view(self, request: HttpRequest) -> HttpResponse:
        """All lines on paper; that they were printed is on the trail before the page leaves."""
        found = self._recorded(request, Event.Verb.TRAIL_PRINTED)
        by = {"by": pages.officer_of(request).username, "at": timezone.localtime()}
        return pages.page(request, "desk/trail_print.html", _context(found) | by)

    def table_view(self, request: HttpRequest) -> HttpResponse:
        """All lines as CSV; that they were saved is on the trail before the first byte leaves."""
        found = self._recorded(request, Event.Verb.TRAIL_EXPORTED)
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        name = f"trail-{timezone.localdate():%Y-%m-%d}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        csv.writer(response).writerows(_cells(found))
        return response

    def get_urls(self) -> list[Any]:
        """Nothing of what Django's admin does with a row."""
        wrap = self.admin_site.admin_view
        printed, table = require_POST(self.print_view), require_POST(self.table_view)
        return [
            path("", wrap(self.changelist_view), name="tips_event_changelist"),
            path("print/", wrap(printed), name="tips_event_print"),
            path("table/", wrap(table), name="tips_event_table"),
        ]

    def _must_be_allowed(self, request: HttpRequest) -> None:
        """Raises PermissionDenied for a role that does not read the trail."""
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _recorded(self, request: HttpRequest, verb: str) -> Answer:
        """The whole answer, and the event that says who took it away from the screen."""
        self._must_be_allowed(request)
        question = questions.asked(request.POST)
        found = answer(question, None, most=PRINTED, counted=PRINTED)
        of_tip = {"tip_id": question.tip, "reference": question.reference} if question.tip else {}
        by = pages.officer_of(request)
        Event.objects.record(verb, by=by, about=question.who, **of_tip)
        return found


def _context(found: Answer) -> dict[str, Any]:
    question = found.question
    return {
        "title": "Trail",
        "question": question,
        "answer": found,
        "days": days(question),
        "subject": _subject(question),
        "kinds": [(value, label) for value, (label, _) in KINDS.items()],
        "newest": question.address(),
        "older": question.address(after=found.older) if found.older else "",
    }


def _subject(question: Question) -> str:
    """What is asked about, in few words."""
    parts = (question.reference, question.who, KINDS[question.what][0] if question.what else "")
    return ", ".join(part for part in parts if part) or "Everything"


def _cells(found: Answer) -> Iterator[tuple[str, ...]]:
    """The rows of the table, and as the last one what was left out."""
    yield HEAD
    if found.question.problem:
        yield (found.question.problem,)
    for line in found.lines:
        local = timezone.localtime(line.event.at)
        marks = ("yes" if line.outside else "", "yes" if line.not_theirs else "")
        text = " ".join(f"{line.before}{line.event.reference}{line.after}".split())
        at = f"{local:%Y-%m-%d %H:%M}" if line.event.by else f"{local:%Y-%m-%d %H}h"
        yield (at, *map(_harmless, (line.who, text, line.event.reference)), *marks)
    if found.older:
        yield (f"Only the newest {PRINTED} events are here. Narrow the days to have others.",)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
