"""The tip form, and the receipt that answers it."""

import logging

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from slu_antitrafficking import bodies
from tips import actions
from tips.crypto import receipts
from tips.models.vocabulary import SetAside, YesNo
from tips.public import desk_reading, limits, prerendered, spelling_alphabet
from tips.public.follow_up_forms import CodeForm
from tips.public.forms import TipForm
from tips.public.pages import UNAVAILABLE, form_page, must_be_open, quiet_page, tip_page
from tips.public.same_origin import is_same_origin

# Every word of the receipt that is one citizen's alone.
OF_ONE = ("reference", "code", "sent_from", "submission")
RECEIPT = {name: prerendered.placeholder(name) for name in OF_ONE} | {
    "spelled": [
        (prerendered.placeholder(f"sign{at}"), prerendered.placeholder(f"word{at}"))
        for at in range(receipts.LETTERS)
    ]
}
# `from` comes with the button on /signs/, though nothing is ticked there.
FIELDS = (*TipForm.base_fields, "submission", "from")
log = logging.getLogger(__name__)


@tip_page
def report(request: HttpRequest) -> HttpResponse:
    """The form; the answer to a tip is its receipt."""
    if request.method != "POST":
        return tip_form(request, TipForm())
    # Counted first: whoever floods us has no body read.
    with limits.sending(request) as sending:
        bodies.must_have_one_of(request, FIELDS)
        return receive(request, sending)


def receive(request: HttpRequest, sending: limits.Sending) -> HttpResponse:
    """The receipt of the tip that was posted, or the form again with what was typed."""
    if not is_same_origin(request):
        form = TipForm.opened(request.POST, ("what_happened", "signs", "relation", "plea", "place"))
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


def tip_form(request: HttpRequest, form: TipForm, **why: bool) -> HttpResponse:
    """The form's page, with its errors or for another reason (`form_page`)."""
    return form_page(request, "report", form, **why)


def first_receipt(
    request: HttpRequest, reference: str, code: str, sent_from: str, *, danger: bool
) -> HttpResponse:
    """The first receipt: alike for all but for these words, so a flood finds it ready."""
    values = {"reference": reference, "code": code, "sent_from": sent_from}
    values["submission"] = receipts.new_idempotency_key()
    for at, (sign, word) in enumerate(spelling_alphabet.spelled(code)):
        values |= {f"sign{at}": sign, f"word{at}": word}
    same = {"danger": danger, "quiet": True, "nobody_reads": desk_reading.is_silent()}
    page = prerendered.render(request, "tips/receipt.html", RECEIPT, values, **same)
    return HttpResponse(page)
