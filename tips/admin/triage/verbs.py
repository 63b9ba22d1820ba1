"""What an officer can do with a tip: one address and one small view a verb, over one action."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from tips import actions
from tips.access import accounts
from tips.actions import Refused
from tips.admin import drafts, pages
from tips.admin.triage import detail
from tips.crypto.desk_key import NoDeskKey
from tips.models import Officer, Tip

Action = Callable[[HttpRequest, Tip, Officer, str], str]
View = Callable[[HttpRequest, UUID], HttpResponse]
NO_DESK_KEY = (
    "There is no desk key to seal with just now, so nothing was kept. Tell the supervisor."
)


def verb(name: str, section: str = "") -> Callable[[Action], View]:
    """Makes a view of it: done, the tip's page there; refused, the page with the words kept."""

    def made(action: Action) -> View:
        @sensitive_post_parameters()
        @wraps(action)
        def view(request: HttpRequest, pk: UUID) -> HttpResponse:
            url = reverse("admin:tips_tip_change", args=(pk,))
            if request.method != "POST":
                return pages.SeeOther(url)  # a reload of the answer, or a typed address
            row, seen = detail.visible(request, pk), request.POST.get("seen", "").replace("\0", "")
            try:
                said = action(request, row, pages.officer_of(request), seen)
            except (Refused, NoDeskKey) as refusal:
                now = detail.visible(request, pk)
                sentence = NO_DESK_KEY if isinstance(refusal, NoDeskKey) else str(refusal)
                if name == "close":
                    return close_form(request, now, sentence)
                return detail.show(request, now, refused=sentence, verb=name, typed=request.POST)
            messages.success(request, said)
            return pages.SeeOther(f"{url}{section}")

        return view

    return made


@verb("take")
def take(request: HttpRequest, row: Tip, officer: Officer, seen: str) -> str:
    """Mine."""
    actions.take(tip=row, by=officer, seen=seen)
    return "You have it."


@verb("give")
def give(request: HttpRequest, row: Tip, officer: Officer, seen: str) -> str:
    """Somebody else's, or nobody's."""
    name = request.POST.get("to", "").strip()
    to = accounts.officer_named(name.replace("\0", "")) if name else None
    if name and to is None:
        raise Refused("There is no such officer, so it was not given.")
    actions.give(tip=row, by=officer, to=to, seen=seen)
    return f"Given to {to}." if to else "Given back: nobody has it."


@verb("wait")
def wait(request: HttpRequest, row: Tip, officer: Officer, seen: str) -> str:
    """The citizen's turn."""
    actions.wait(tip=row, by=officer, seen=seen)
    return "It waits for the citizen's answer."


@verb("reply", "#h-dialogue")
def reply(request: HttpRequest, row: Tip, officer: Officer, seen: str) -> str:
    """Words to the citizen."""
    waits = request.POST.get("wait") == "1"
    actions.reply(tip=row, by=officer, text=request.POST.get("text", ""), wait=waits, seen=seen)
    return "Answered. The citizen reads it with their code."


@verb("note", "#h-notes")
def note(request: HttpRequest, row: Tip, officer: Officer, seen: str) -> str:
    """Words to the desk."""
    actions.note(tip=row, by=officer, text=request.POST.get("text", ""))
    return "Noted."


@verb("raise")
def raise_(request: HttpRequest, row: Tip, officer: Officer, seen: str) -> str:
    """Urgent."""
    actions.raise_urgency(tip=row, by=officer, seen=seen)
    return "It is urgent now."


@verb("lower")
def lower(request: HttpRequest, row: Tip, officer: Officer, seen: str) -> str:
    """Not urgent any more."""
    reason = request.POST.get("reason", "")
    actions.lower_urgency(tip=row, by=officer, reason=reason, seen=seen)
    return "It is not urgent any more."


@verb("look-again", "#h-next")
def look_again(request: HttpRequest, row: Tip, officer: Officer, seen: str) -> str:
    """A day to come back to it; empty: none."""
    typed = request.POST.get("until", "").strip()
    try:
        until = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Refused("Write the day as 2026-03-10; nothing was changed.") from None
    actions.look_again(tip=row, by=officer, until=until, seen=seen)
    return "The day is set." if until else "There is no day set any more."


@verb("close")
def close(request: HttpRequest, row: Tip, officer: Officer, seen: str) -> str:
    """The end, with an outcome."""
    actions.close(
        tip=row,
        by=officer,
        outcome=request.POST.get("outcome", ""),
        reason=request.POST.get("reason", ""),
        duplicate_of=request.POST.get("duplicate_of", "").replace("\0", ""),
        seen=seen,
    )
    return "Closed."


@verb("reopen")
def reopen(request: HttpRequest, row: Tip, officer: Officer, seen: str) -> str:
    """Not the end."""
    reason = request.POST.get("reason", "")
    actions.reopen(tip=row, by=officer, reason=reason, seen=seen)
    return "It is open again."


def close_form(request: HttpRequest, row: Tip, refused: str = "") -> HttpResponse:
    """The page on which an outcome is chosen; shows nothing that was sealed."""
    officer = pages.officer_of(request)
    context = {
        "title": f"Close {row.reference}",
        "tip": row,
        "outcomes": Tip.Outcome.choices,
        "may_say_false": officer.is_supervisor,
        "name_tag": drafts.name_tag(officer),
        "refused": refused,
        "typed": request.POST,
    }
    return pages.page(request, "desk/close.html", context)


def close_screen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form, or the verb."""
    if request.method == "POST":
        return close(request, pk)
    return close_form(request, detail.visible(request, pk))


SCREENS = (
    ("take/", take, "take"),
    ("give/", give, "give"),
    ("wait/", wait, "wait"),
    ("reply/", reply, "reply"),
    ("note/", note, "note"),
    ("raise/", raise_, "raise"),
    ("lower/", lower, "lower"),
    ("look-again/", look_again, "look-again"),
    ("close/", close_screen, "close"),
    ("reopen/", reopen, "reopen"),
)
