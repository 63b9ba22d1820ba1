"""The public door: a tip is taken, and its dialogue goes on under the receipt code."""

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tips import actions
from tips.actions import Delivery
from tips.crypto import desk_key, receipts
from tips.public import conversation, photo_results, prerendered, spelling_alphabet
from tips.public.forms import CodeForm, FollowUpForm, PublicForm, TipForm
from tips.public.photo_results import Arrivals
from tips.public.same_origin import is_same_origin
from tips.public.uploads import SentPhoto

# Nothing can be taken or read just now; whatever was typed goes back with the page.
AWAY = (desk_key.NoDeskKey, DatabaseError, InterfaceError)
# Every word of the receipt that is one citizen's alone.
RECEIPT = {
    name: prerendered.mark(name) for name in ("reference", "code", "sent_from", "submission")
} | {
    "spelled": [(prerendered.mark(f"sign{at}"), prerendered.mark(f"word{at}")) for at in range(16)]
}
log = logging.getLogger(__name__)


def tip_page(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A page that answers 503 with the numbers while no tip could be taken or no answer read."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        try:
            if request.method != "POST":
                must_be_open()
            return view(request)
        except AWAY:
            log.exception("away")
            return unavailable(request)

    return sensitive_post_parameters()(require_http_methods(["GET", "HEAD", "POST"])(page))


def must_be_open() -> None:
    """Raises NoDeskKey unless tips can be sealed and the desk's first words are in nobody's way."""
    if not settings.ON_LOOPBACK and (settings.VAR / settings.FIRST_SUPERVISOR_FILE).exists():
        raise desk_key.NoDeskKey
    desk_key.active()


@tip_page
def report(request: HttpRequest) -> HttpResponse:
    """The form; the answer to a tip is its receipt."""
    if request.method != "POST":
        return tip_form(request, TipForm())
    if not is_same_origin(request):
        kept = TipForm.opened(request.POST, ("what_happened", "signs"))
        return tip_form(request, kept, once_more="what_happened" in request.POST)
    if "what_happened" not in request.POST:
        return tip_form(request, TipForm.opened(request.POST, tuple(TipForm.base_fields)))
    form = TipForm(request.POST)
    if not form.is_valid():
        return tip_form(request, form)
    try:
        must_be_open()
        receipt = actions.receive_tip(
            fields=form.tip,
            submission=form.submission,
            language=get_language() or "en",
            set_aside=form.set_aside,
        )
    except AWAY:
        log.exception("away")
        return tip_form(request, form, away=True)
    danger = form.cleaned_data["danger_now"] == "yes"
    if receipt.code is None:
        context = {"reference": receipt.reference, "danger": danger, "form": CodeForm()}
        return answer(request, "already", context)
    return received(request, receipt.reference, receipt.code, form.submission, danger=danger)


@tip_page
def follow_up(request: HttpRequest) -> HttpResponse:
    """What a code opens: the desk's answers, and a place for more words and photos."""
    if request.method != "POST":
        return code_page(request, CodeForm())
    data = request.POST
    photos = [photo for photo in request.FILES.getlist("photos") if isinstance(photo, SentPhoto)]
    adds = bool(data.get("message") or photos)
    if not is_same_origin(request):
        form = FollowUpForm.opened(data, ("message",)) if adds else CodeForm()
        return code_page(request, form, once_more=True)
    if adds or "submission" in data:
        return add(request, FollowUpForm(data, photos=len(photos)), photos)
    typed_back = CodeForm(data)
    if not typed_back.is_valid():
        return code_page(request, typed_back)
    code = typed_back.cleaned_data["code"]
    try:
        if actions.code_kept(code=code):
            return talk(request, code)
    except AWAY:
        log.exception("away")
        return code_page(request, typed_back, away=True)
    typed_back.refuse_code()
    return code_page(request, typed_back)


def add(request: HttpRequest, form: FollowUpForm, photos: Sequence[SentPhoto]) -> HttpResponse:
    """Takes words and photos; the receipt page, which has no message field, comes again."""
    if form["code"].errors:
        return code_page(request, form)
    code = form.cleaned_data["code"]
    on_receipt = "message" not in request.POST
    page = ticket if on_receipt else talk
    try:
        opened = conversation.read(code)
        if opened is None:
            form.refuse_code()
            return code_page(request, form)
        context: dict[str, Any] = {"reference": opened.reference}
        if not form.is_valid():
            return page(request, code, context | {"form": form})
        must_be_open()
        came = photo_results.clean(photos)
        delivery = deliver(form, came)
        if delivery == Delivery.TOO_MANY:
            form.refuse_more()
            return page(request, code, context | {"form": form}, status=429)
        return page(request, code, context | {"arrivals": came, "delivery": delivery})
    except AWAY:
        log.exception("away")
        if not on_receipt:
            return code_page(request, form, away=True)
        context = {"form": form, "away": True, "submission": form.submission}
        return ticket(request, code, context, status=503)


def deliver(form: FollowUpForm, came: Arrivals) -> Delivery | None:
    """Hands words and photos on; None where nothing is left, because no photo could be read."""
    message = form.cleaned_data["message"]
    if not message and not came.clean:
        return None
    return actions.receive_message(
        code=form.cleaned_data["code"],
        message=message,
        photos=came.clean,
        submission=form.submission,
        raw_photos=came.raw,
    )


def tip_form(
    request: HttpRequest, form: TipForm, *, once_more: bool = False, away: bool = False
) -> HttpResponse:
    """The form's page; with errors, with a wish to press Send once more, or while we are away."""
    return form_page(request, "report", form, once_more=once_more, away=away)


def code_page(
    request: HttpRequest, form: CodeForm, *, once_more: bool = False, away: bool = False
) -> HttpResponse:
    """The page that asks for a code, and keeps what was written under one that did not open."""
    return form_page(request, "code", form, once_more=once_more, away=away)


def form_page(
    request: HttpRequest,
    template: str,
    form: PublicForm,
    *,
    once_more: bool,
    away: bool,
) -> HttpResponse:
    """A form that comes back says why before anything else."""
    form.again = away
    context = {"form": form, "once_more": once_more, "away": away}
    return answer(request, template, context, status=503 if away else 200)


def received(
    request: HttpRequest, reference: str, code: str, sent_from: str, *, danger: bool
) -> HttpResponse:
    """The first receipt: alike for all but for these words, so a flood finds it ready."""
    values = {"reference": reference, "code": code, "sent_from": sent_from}
    values["submission"] = receipts.new_submission()
    for at, (sign, word) in enumerate(spelling_alphabet.spelled(code)):
        values |= {f"sign{at}": sign, f"word{at}": word}
    page = prerendered.filled(
        request, "tips/receipt.html", RECEIPT, values, danger=danger, quiet=True
    )
    return HttpResponse(page)


def ticket(
    request: HttpRequest, code: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The receipt: reference, code, and the first offer, which is to add photos."""
    kept = {
        "code": code,
        "spelled": spelling_alphabet.spelled(code),
        "submission": receipts.new_submission(),
    }
    return answer(request, "receipt", kept | context, status=status)


def talk(
    request: HttpRequest, code: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """The dialogue so far, and a form to go on."""
    said = {"dialogue": conversation.read(code), "form": FollowUpForm(initial={"code": code})}
    return answer(request, "follow_up", said | (context or {}), status=status)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Nothing is lost yet, so there is no form to keep: the numbers, and when to try again."""
    context = {
        "title": _("We cannot take anything here just now"),
        "advice": _("Please call, or try again in a few minutes."),
        "quiet": True,
    }
    response = render(request, "errors/error.html", context, status=503)
    response["Retry-After"] = "60"
    return response


def answer(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A quiet page; the middleware sees to it that nothing keeps it."""
    context |= {"quiet": True}
    return render(request, f"tips/{template}.html", context, status=status)
