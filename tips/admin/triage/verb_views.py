"""The address of each verb in the registry: POST does it, GET leads back or shows its form."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from tips.actions import AlreadyDone, Refused, Stamp
from tips.admin import pages
from tips.admin.triage import detail
from tips.admin.triage.repeats import Repeats
from tips.admin.triage.verbs import VERBS, OwnPage, Press, Verb
from tips.crypto import receipts
from tips.crypto.active_key import NoDeskKey
from tips.models import Tip

NO_DESK_KEY = (
    "There is no desk key to seal with just now, so nothing was kept. Tell the supervisor."
)


def view_of(verb: Verb) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """Its address: done, the tip's page there; refused, the page with the words kept."""

    @sensitive_post_parameters()
    def view(request: HttpRequest, pk: UUID) -> HttpResponse:
        url = reverse("admin:tips_tip_change", args=(pk,))
        if request.method != "POST":
            if verb.own_page:
                return _own_page(request, verb, verb.own_page, detail.visible(request, pk))
            return pages.SeeOther(url)  # a reload of the answer, or a typed address
        tip = detail.visible(request, pk)
        officer, keys = pages.officer_of(request), pages.keys_of(request)
        press = Press(tip, officer, _stamp(request), request.POST, keys)
        try:
            messages.success(request, verb.act(press))
        except AlreadyDone:
            pass  # the first of several clicks did it, and said so
        except (Refused, NoDeskKey) as refusal:
            return _refused(request, pk, verb, refusal)
        return pages.SeeOther(f"{url}{verb.section}")

    return view


def _stamp(request: HttpRequest) -> Stamp:
    once = request.POST.get("once", "")
    seen = request.POST.get("seen", "").replace("\0", "")
    return Stamp(seen, once if receipts.is_idempotency_key(once) else "")


def _refused(request: HttpRequest, pk: UUID, verb: Verb, refusal: Exception) -> HttpResponse:
    now = detail.visible(request, pk)
    sentence = NO_DESK_KEY if isinstance(refusal, NoDeskKey) else str(refusal)
    if verb.own_page:
        return _own_page(request, verb, verb.own_page, now, sentence)
    gone = not verb.is_offered(now, pages.officer_of(request))
    typed = " ".join(request.POST.get(field.name, "") for field in verb.fields if field.long)
    return detail.show(
        request,
        now,
        refused=sentence,
        verb=verb.name,
        typed=request.POST,
        left_over=typed if gone else "",
        anyway=isinstance(refusal, Repeats),
    )


def _own_page(
    request: HttpRequest, verb: Verb, page: OwnPage, tip: Tip, refused: str = ""
) -> HttpResponse:
    """The page with the verb's form; shows nothing that was sealed."""
    officer = pages.officer_of(request)
    context = page.context(tip, officer) | {
        "title": f"{verb.label} {tip.reference}",
        "tip": tip,
        "version": tip.version_token,
        "name_tag": pages.name_tag(officer),
        "refused": refused,
        "typed": request.POST,
    }
    return pages.page(request, page.template, context)


View = Callable[..., HttpResponse]
SCREENS: list[tuple[str, View, str]] = [
    (f"{verb.name}/", view_of(verb), verb.name) for verb in VERBS.values()
]
