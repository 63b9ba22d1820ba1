"""What a receipt code opens: the conversation, and what a citizen adds to it or takes from it."""

import logging
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from slu_antitrafficking import bodies
from tips import actions
from tips.actions import Delivery
from tips.crypto import receipts
from tips.public import conversation, limits, photo_results, spelling_alphabet
from tips.public.follow_up_forms import CodeForm, FollowUp, FollowUpForm, is_ticked
from tips.public.pages import UNAVAILABLE, form_page, must_be_open, quiet_page, tip_page
from tips.public.photo_results import PhotoResults
from tips.public.same_origin import is_same_origin
from tips.public.uploads import SentPhoto

FIELDS = (*FollowUpForm.base_fields, "submission", "photos", "remove", "sure")
log = logging.getLogger(__name__)


@tip_page
def follow_up(request: HttpRequest) -> HttpResponse:
    """What a code opens: the desk's answers, and a place for more words and photos."""
    if request.method != "POST":
        return code_page(request, CodeForm())
    bodies.must_have_one_of(request, FIELDS)
    data = request.POST
    photos = [photo for photo in request.FILES.getlist("photos") if isinstance(photo, SentPhoto)]
    kind = FollowUp.of(data, photos)
    if not is_same_origin(request):
        adds = bool(data.get("message") or photos or is_ticked(data, "danger_now"))
        form = FollowUpForm.opened(data, ("message", "danger_now")) if adds else CodeForm()
        return code_page(request, form, must_resubmit=True)
    if kind == FollowUp.CODE:
        return open_conversation(request, CodeForm(data))
    if kind == FollowUp.REMOVE:
        return remove(request, CodeForm(data))
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


def remove(request: HttpRequest, form: CodeForm) -> HttpResponse:
    """Asks whether an answer shall go from the citizen's page; once they are sure, it goes."""
    if not form.is_valid():
        return wrong_code(request, form)
    code = form.cleaned_data["code"]
    try:
        opened = conversation.read(code)
        if opened is None:
            form.refuse_code()
            return wrong_code(request, form)
        entry = opened.reply(request.POST["remove"])
        if entry is None:
            return conversation_page(request, code)
        if not is_ticked(request.POST, "sure"):
            return quiet_page(request, "remove", {"code": code, "entry": entry})
        is_removed = actions.remove_reply(code=code, number=entry.number)
        return conversation_page(request, code, {"is_removed": is_removed})
    except UNAVAILABLE:
        log.exception("unavailable")
        return code_page(request, form, unavailable=True)


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
        context |= {"results": results, "delivery": delivery, "danger": form.says_danger}
        return page(request, code, context)
    except UNAVAILABLE:
        log.exception("unavailable")
        if kind == FollowUp.CONVERSATION:
            return code_page(request, form, unavailable=True)
        context = {"form": form, "unavailable": True, "submission": form.idempotency_key}
        return receipt_page(request, code, context, status=503)


def deliver(form: FollowUpForm, results: PhotoResults) -> Delivery | None:
    """Hands words and photos on; None where nothing is left, because no photo could be read."""
    message = form.cleaned_data["message"]
    if not (message or results.clean or form.says_danger):
        return None
    return actions.receive_message(
        code=form.cleaned_data["code"],
        message=message,
        photos=results.clean,
        idempotency_key=form.idempotency_key,
        raw_photos=results.raw,
        danger=form.says_danger,
    )


def code_page(request: HttpRequest, form: CodeForm, **why: bool) -> HttpResponse:
    """The page that asks for a code, and keeps what was written under one that did not open."""
    return form_page(request, "code", form, **why)


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
