"""Taking a call: /desk/tips/tip/add/, its first save, the rest, and what is read aloud at the end.

Nothing stored is opened here: what stands on these pages came with the request that they answer.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from tips import actions
from tips.actions import Refused
from tips.admin import pages
from tips.admin.triage import call_counts, detail
from tips.admin.triage.call_form import FIRST_ROW, HOW_IT_CAME, SECOND_ROW, THE_REST, CallForm
from tips.crypto.active_key import NoDeskKey
from tips.models import Officer, Tip, references
from tips.public import spelling_alphabet
from tips.public.fields import danger_numbers

NO_DESK_KEY = (
    "There is no desk key to seal with just now, so nothing was stored. Keep this page open and"
    " tell the supervisor."
)
STILL_WRITING = "The rest is not stored yet: press Save when they have told you all."
NOT_SENT_YET = "What you wrote is here, not sent yet."
NOT_SENT = (
    "This was typed before the desk locked, and is not stored. Look at it, then save it. Pictures"
    " have to be chosen again."
)
FOLLOW_UP = "/follow-up/"  # an address of the public door, which the desk's does not know
View = Callable[..., HttpResponse]


def for_those_who_open_tips(view: View) -> View:
    """The view, which raises PermissionDenied for a role that opens no tips."""

    @sensitive_post_parameters()
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not pages.officer_of(request).opens_tips:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return inner


@for_those_who_open_tips
def add(request: HttpRequest) -> HttpResponse:
    """The blank form; POST looks an earlier tip up, or stores the call."""
    if request.method != "POST":
        return form_page(request, CallForm())
    form = CallForm(request.POST)
    act = request.POST.get("act", "")
    if not form.is_valid():
        return form_page(request, form)
    if act == "look" or (not act and not form.says_something(besides="earlier_tip")):
        return look_up(request, form)
    if not form.says_something():
        form.must_say_something()
        return form_page(request, form)
    try:
        receipt = actions.receive_call(
            fields=form.tip,
            channel=form.cleaned_data["channel"],
            by=pages.officer_of(request),
            idempotency_key=form.idempotency_key,
        )
    except NoDeskKey:
        return form_page(request, form, refused=NO_DESK_KEY)
    tip = Tip.objects.with_turn().without_blobs().get(reference=receipt.reference)
    if act == "save":
        return finish(request, form, tip, receipt.code or "")
    return keep_writing(request, form, tip, receipt.code or "")


@for_those_who_open_tips
def complete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The rest of a call, and what to read aloud; a GET leads to the tip.

    Raises Http404 where there is none that this officer took down or may open.
    """
    if request.method != "POST":
        return pages.SeeOther(reverse("admin:tips_tip_change", args=(pk,)))
    tip = _call_of(request, pk)
    form = CallForm(request.POST)
    code = request.POST.get("code", "")
    if not form.is_valid():
        return keep_writing(request, form, tip, code)
    if request.POST.get("act") != "save":  # Enter in a line: it must not use up the one time
        return keep_writing(request, form, tip, code, STILL_WRITING)
    return finish(request, form, tip, code)


@require_safe
@for_those_who_open_tips
def sheet(request: HttpRequest) -> HttpResponse:
    """The same questions on paper, for when the power is out; there is no data in it."""
    form = CallForm()
    every = (*FIRST_ROW, *SECOND_ROW, *THE_REST, *HOW_IT_CAME)
    context = {"title": "A call, on paper", "all": [form[name] for name in every]}
    return pages.page(request, "desk/call_sheet.html", context)


SCREENS: tuple[tuple[str, View, str], ...] = (
    ("add/", add, "add"),
    ("add/no-tip/", for_those_who_open_tips(call_counts.count), "no_tip"),
    ("add/sheet/", sheet, "sheet"),
    ("<uuid:pk>/complete/", complete, "complete"),
)
# What goes along in its own columns where the words become a tip of their own.
GO_ALONG = ("danger_now", "under_18", "relation", "answer_language", "may_share", "channel")
# What of these addresses is carried over a lock and a log-in.
CARRIED = ("tips_tip_add", "tips_tip_complete")


def offer(request: HttpRequest, pk: UUID | None, typed: QueryDict) -> HttpResponse:
    """The page with what was typed before the lock, unsent.

    Raises PermissionDenied for a role that opens no tips any more.
    """
    if not pages.officer_of(request).opens_tips:
        raise PermissionDenied
    form = CallForm(typed)
    form.is_valid()
    if pk is None:
        return form_page(request, form, refused=NOT_SENT)
    return keep_writing(request, form, _call_of(request, pk), typed.get("code", ""), NOT_SENT)


def look_up(request: HttpRequest, form: CallForm) -> HttpResponse:
    """The earlier tip, to add what is said; the form with its words where there is none."""
    officer = pages.officer_of(request)
    reference = references.parse(form.cleaned_data["earlier_tip"])
    pk = Tip.objects.filter(reference=reference).values_list("pk", flat=True).first()
    tip = actions.visible_tip(pk=pk, by=officer) if reference and pk else None
    if tip is None:
        sentence = (
            f"There is no tip {reference} that you may open. Write the call down as a new one:"
            " the reference goes along."
            if reference
            else "A reference looks like KD-4821: two letters and four digits."
        )
        return form_page(request, form, refused=sentence)
    if not form.says_something(besides="earlier_tip"):
        return pages.SeeOther(reverse("admin:tips_tip_transcribe", args=(tip.pk,)))
    return as_message(request, tip, form, NOT_SENT_YET)


def finish(request: HttpRequest, form: CallForm, tip: Tip, code: str) -> HttpResponse:
    """Completes the call, and shows what is read aloud; or why it cannot be completed."""
    officer = pages.officer_of(request)
    try:
        actions.complete_call(
            tip=tip, fields=form.tip, by=officer, idempotency_key=form.idempotency_key
        )
    except NoDeskKey:
        return keep_writing(request, form, tip, code, NO_DESK_KEY)
    except Refused as refusal:
        return as_message(request, tip, form, f"{refusal} {NOT_SENT_YET}", code)
    now = Tip.objects.with_turn().without_blobs().select_related("owner").get(pk=tip.pk)
    context = _read_aloud(now, officer, code) | {
        "title": "Call stored",
        "tip": now,
        "form": form,
        "is_mine": now.owner_id == officer.pk,
        "may_open": now.is_visible_to(officer),
        "numbers": danger_numbers(),
        "follow_up": f"{settings.SITE_URL}{FOLLOW_UP}",
    }
    return pages.page(request, "desk/call_saved.html", context)


def form_page(request: HttpRequest, form: CallForm, *, refused: str = "") -> HttpResponse:
    """The form before anything of it is stored."""
    context = call_counts.context() | {
        "title": "Take a call",
        "action": reverse("admin:tips_tip_add"),
    }
    return _page(request, form, context, refused)


def keep_writing(
    request: HttpRequest, form: CallForm, tip: Tip, code: str, refused: str = ""
) -> HttpResponse:
    """The form of a stored call, with what is read aloud, for the rest."""
    context = _read_aloud(tip, pages.officer_of(request), code) | {
        "title": "Call stored, keep writing",
        "action": reverse("admin:tips_tip_complete", args=(tip.pk,)),
        "stored": tip,
    }
    return _page(request, form, context, refused)


def as_message(
    request: HttpRequest, tip: Tip, form: CallForm, refused: str, code: str = ""
) -> HttpResponse:
    """The words as a message of the citizen's on this tip, not sent yet.

    Who may not open the tip any more gets them as a tip of their own, which names it.
    """
    officer = pages.officer_of(request)
    context = _read_aloud(tip, officer, code) | {
        "title": f"Said on the phone: {tip.reference}",
        "tip": tip,
        "may_open": tip.is_visible_to(officer),
        "version": "",
        "refused": refused,
        "typed": {"said": form.as_text(), "danger": form.cleaned_data["danger_now"] == "yes"},
        "clear": [form[name] for name in GO_ALONG],
        "left_out_number": form.left_out_number,
    }
    return pages.page(request, "desk/transcribe.html", context)


def _page(
    request: HttpRequest, form: CallForm, context: dict[str, Any], refused: str
) -> HttpResponse:
    own = {
        "form": form,
        "refused": refused,
        "left_out_number": form.is_bound and form.is_valid() and form.left_out_number,
    }
    return pages.page(request, "desk/call.html", _sections(form) | own | context)


def _sections(form: CallForm) -> dict[str, Any]:
    """The questions by where they stand; the first row has its own order on the page."""
    named = {"second_row": SECOND_ROW, "rest": THE_REST, "how_it_came": HOW_IT_CAME}
    return {name: [form[field] for field in fields] for name, fields in named.items()}


def _read_aloud(tip: Tip, officer: Officer, code: str) -> dict[str, Any]:
    """Reference and code as they are said; that a code is shown is on the trail before it is."""
    shown = code if actions.show_code(tip=tip, by=officer, code=code) else ""
    return {
        "said": spelling_alphabet.said(tip.reference or ""),
        "code": shown,
        "spelled": spelling_alphabet.spelled(shown) if shown else [],
    }


def _call_of(request: HttpRequest, pk: UUID) -> Tip:
    """The tip that this officer took down, though they may not open it any more.

    Raises Http404 where there is none, or another that they may not open.
    """
    tip = Tip.objects.with_turn().without_blobs().filter(pk=pk).first()
    if tip is None:
        raise Http404
    if not actions.took_call(tip=tip, by=pages.officer_of(request)):
        return detail.visible(request, pk)
    return tip
