"""The public door: a tip is taken, and its conversation goes on under the receipt code."""

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

from slu_antitrafficking import is_by_starter
from tips import actions
from tips.actions import Delivery
from tips.crypto import active_key, receipts
from tips.models.vocabulary import SetAside, YesNo
from tips.public import conversation, limits, photo_results, prerendered, spelling_alphabet
from tips.public.forms import CodeForm, FollowUp, FollowUpForm, PublicForm, TipForm
from tips.public.photo_results import PhotoResults
from tips.public.same_origin import is_same_origin
from tips.public.uploads import SentPhoto

# Nothing can be taken or read just now; whatever was typed goes back with the page.
UNAVAILABLE = (active_key.NoDeskKey, DatabaseError, InterfaceError)
# Every word of the receipt that is one citizen's alone.
OF_ONE = ("reference", "code", "sent_from", "submission")
RECEIPT = {name: prerendered.placeholder(name) for name in OF_ONE} | {
    "spelled": [
        (prerendered.placeholder(f"sign{at}"), prerendered.placeholder(f"word{at}"))
        for at in range(receipts.LETTERS)
    ]
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
        except UNAVAILABLE:
            log.exception("unavailable")
            return unavailable_page(request)

    return sensitive_post_parameters()(require_http_methods(["GET", "HEAD", "POST"])(page))


def must_be_open() -> None:
    """Raises NoDeskKey unless tips can be sealed and the desk's first words are in nobody's way."""
    if not settings.ON_LOOPBACK and is_by_starter(settings.FIRST_SUPERVISOR_FILE):
        raise active_key.NoDeskKey
    active_key.current()


@tip_page
def report(request: HttpRequest) -> HttpResponse:
    """The form; the answer to a tip is its receipt."""
    if request.method != "POST":
        return tip_form(request, TipForm())
    with limits.sending(request) as sending:
        return receive(request, sending)


def receive(request: HttpRequest, sending: limits.Sending) -> HttpResponse:
    """The receipt of the tip that was posted, or the form again with what was typed."""
    if not is_same_origin(request):
        form = TipForm.opened(request.POST, ("what_happened", "signs"))
        return tip_form(request, form, must_resubmit="what_happened" in request.POST)
    if "what_happened" not in request.POST:
        return tip_form(request, TipForm.opened(request.POST, tuple(TipForm.base_fields)))
    form = TipForm(request.POST)
    if not form.is_valid():
        return tip_form(request, form)
    content_digest = receipts.content_digest(form.idempotency_key, "tip", "", form.tip)
    if not sending.admit(form.tip, content_digest):
        return tip_form(request, form, over_limit=True, soon=sending.is_urgent)
    try:
        must_be_open()
        receipt = actions.receive_tip(
            fields=form.tip,
            idempotency_key=form.idempotency_key,
            language=get_language() or "en",
            set_aside=SetAside.SPAM if form.looks_like_spam else sending.set_aside,
        )
    except UNAVAILABLE:
        log.exception("unavailable")
        return tip_form(request, form, unavailable=True)
    if receipt.is_new:
        sending.count_as_stored(content_digest)
    danger = form.cleaned_data["danger_now"] == YesNo.YES
    if receipt.code is None:
        context = {"reference": receipt.reference, "danger": danger, "form": CodeForm()}
        return quiet_page(request, "already_received", context)
    return first_receipt(
        request, receipt.reference, receipt.code, form.idempotency_key, danger=danger
    )


@tip_page
def follow_up(request: HttpRequest) -> HttpResponse:
    """What a code opens: the desk's answers, and a place for more words and photos."""
    if request.method != "POST":
        return code_page(request, CodeForm())
    data = request.POST
    photos = [photo for photo in request.FILES.getlist("photos") if isinstance(photo, SentPhoto)]
    kind = FollowUp.of(data, photos)
    if not is_same_origin(request):
        adds = bool(data.get("message") or photos)
        form = FollowUpForm.opened(data, ("message",)) if adds else CodeForm()
        return code_page(request, form, must_resubmit=True)
    if kind == FollowUp.CODE:
        return open_conversation(request, CodeForm(data))
    return add(request, FollowUpForm(data, photos=len(photos)), photos, kind)


def open_conversation(request: HttpRequest, form: CodeForm) -> HttpResponse:
    """The code was typed back: its escrow is emptied, and the conversation shown."""
    if not form.is_valid():
        return wrong_code(request, form)
    code = form.cleaned_data["code"]
    try:
        if actions.empty_box(code=code):
            return conversation_page(request, code)
    except UNAVAILABLE:
        log.exception("unavailable")
        return code_page(request, form, unavailable=True)
    form.refuse_code()
    return wrong_code(request, form)


def wrong_code(request: HttpRequest, form: CodeForm) -> HttpResponse:
    """The page that asks for a code, saying what is wrong with it; a right one never comes here."""
    is_missing = form.has_error("code", "required")
    return code_page(request, form, over_limit=not (is_missing or limits.slow_wrong_code(request)))


def add(
    request: HttpRequest, form: FollowUpForm, photos: Sequence[SentPhoto], kind: FollowUp
) -> HttpResponse:
    """Takes words and photos; the page that they were sent from comes again."""
    if form["code"].errors:
        return wrong_code(request, form)
    code = form.cleaned_data["code"]
    page = receipt_page if kind == FollowUp.RECEIPT else conversation_page
    try:
        opened = conversation.read(code)
        if opened is None:
            form.refuse_code()
            return wrong_code(request, form)
        context: dict[str, Any] = {"reference": opened.reference}
        if not form.is_valid():
            return page(request, code, context | {"form": form})
        must_be_open()
        results = photo_results.clean(photos)
        delivery = deliver(form, results)
        if delivery == Delivery.TOO_MANY:
            form.refuse_more()
            return page(request, code, context | {"form": form}, status=429)
        return page(request, code, context | {"results": results, "delivery": delivery})
    except UNAVAILABLE:
        log.exception("unavailable")
        if kind == FollowUp.CONVERSATION:
            return code_page(request, form, unavailable=True)
        context = {"form": form, "unavailable": True, "submission": form.idempotency_key}
        return receipt_page(request, code, context, status=503)


def deliver(form: FollowUpForm, results: PhotoResults) -> Delivery | None:
    """Hands words and photos on; None where nothing is left, because no photo could be read."""
    message = form.cleaned_data["message"]
    if not message and not results.clean:
        return None
    return actions.receive_message(
        code=form.cleaned_data["code"],
        message=message,
        photos=results.clean,
        idempotency_key=form.idempotency_key,
        raw_photos=results.raw,
    )


def tip_form(request: HttpRequest, form: TipForm, **why: bool) -> HttpResponse:
    """The form's page, with its errors or for another reason (`form_page`)."""
    return form_page(request, "report", form, **why)


def code_page(request: HttpRequest, form: CodeForm, **why: bool) -> HttpResponse:
    """The page that asks for a code, and keeps what was written under one that did not open."""
    return form_page(request, "code", form, **why)


def form_page(
    request: HttpRequest,
    template: str,
    form: PublicForm,
    *,
    must_resubmit: bool = False,
    unavailable: bool = False,
    over_limit: bool = False,
    soon: bool = False,
) -> HttpResponse:
    """A form that comes back says why before anything else.

    `must_resubmit`: another site sent it. `unavailable`: nothing is taken. `over_limit`: too much
    came from this network; `soon`: more is taken in a minute.
    """
    form.again = unavailable or (over_limit and not form.errors)
    context = {
        "form": form,
        "must_resubmit": must_resubmit,
        "unavailable": unavailable,
        "over_limit": over_limit,
        "soon": soon,
    }
    status = 503 if unavailable else 429 if over_limit else 200
    return quiet_page(request, template, context, status=status)


def first_receipt(
    request: HttpRequest, reference: str, code: str, sent_from: str, *, danger: bool
) -> HttpResponse:
    """The first receipt: alike for all but for these words, so a flood finds it ready."""
    values = {"reference": reference, "code": code, "sent_from": sent_from}
    values["submission"] = receipts.new_idempotency_key()
    for at, (sign, word) in enumerate(spelling_alphabet.spelled(code)):
        values |= {f"sign{at}": sign, f"word{at}": word}
    page = prerendered.render(
        request, "tips/receipt.html", RECEIPT, values, danger=danger, quiet=True
    )
    return HttpResponse(page)


def receipt_page(
    request: HttpRequest, code: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The receipt: reference, code, and the first offer, which is to add photos."""
    shown_code = {
        "code": code,
        "spelled": spelling_alphabet.spelled(code),
        "submission": receipts.new_idempotency_key(),
    }
    return quiet_page(request, "receipt", shown_code | context, status=status)


def conversation_page(
    request: HttpRequest, code: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """The conversation so far, and a form to go on."""
    said = {"conversation": conversation.read(code), "form": FollowUpForm(initial={"code": code})}
    return quiet_page(request, "follow_up", said | (context or {}), status=status)


def unavailable_page(request: HttpRequest) -> HttpResponse:
    """Nothing is lost yet, so there is no form to keep: the numbers, and when to try again."""
    context = {
        "title": _("We cannot take anything here just now"),
        "advice": _("Please call, or try again in a few minutes."),
        "quiet": True,
    }
    response = render(request, "errors/error.html", context, status=503)
    response["Retry-After"] = "60"
    return response


def quiet_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A quiet page; the middleware sees to it that nothing keeps it."""
    context |= {"quiet": True}
    return render(request, f"tips/{template}.html", context, status=status)
