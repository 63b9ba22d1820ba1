"""The address of each verb in the registry: POST does it, GET leads back or shows its form."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from tips import actions
from tips.actions import AlreadyDone, Refused, Stamp
from tips.actions.change import MAY_BE_UNDONE
from tips.admin import pages
from tips.admin.triage import detail, leaving, pile, search_return
from tips.admin.triage.repeats import Repeats
from tips.admin.triage.unsent import unsent
from tips.admin.triage.verb import OwnPage, Verb, words_in
from tips.admin.triage.verbs import VERBS, kept, words_left
from tips.crypto import receipts
from tips.crypto.active_key import NoDeskKey
from tips.models import Tip
from tips.public.uploads import SentPhoto

ASK = "ask"  # of a button that leads to a verb's own page, along with what was typed
# What takes a tip off the pile, in few words.
VERDICTS = {
    "take": "taken",
    "reply": "taken and answered",
    "give": "given away",
    "close": "closed",
    "same_as": "closed as a duplicate",
    "junk": "closed as junk",
    "raise": "raised to urgent, and nobody has it yet",
}
NO_DESK_KEY = (
    "There is no desk key to seal with just now, so nothing was kept. Tell the supervisor."
)


def view_of(verb: Verb) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """Its address: done, the tip's page there; refused, or with other words left, that page now."""

    @sensitive_post_parameters()
    def view(request: HttpRequest, pk: UUID) -> HttpResponse:
        url = reverse("admin:tips_tip_change", args=(pk,))
        if request.method != "POST":
            if verb.own_page:
                return own_page(request, verb, verb.own_page, detail.visible(request, pk), {})
            return pages.SeeOther(url)  # a reload of the answer, or a typed address
        if leaving.was_left_by(verb, _stamp(request), pages.officer_of(request)):
            return _left(request, verb)  # the second of several clicks
        try:
            tip = detail.visible(request, pk)
        except Http404:
            return words_back(request)
        if verb.own_page and ASK in request.POST:
            return own_page(request, verb, verb.own_page, tip, request.POST)
        done = ""
        try:
            done = _press(request, verb, tip)
        except AlreadyDone:
            pass  # the first of several clicks did it, and said so
        except (Refused, NoDeskKey) as refusal:
            return _refused(request, pk, verb, refusal)
        if done and not (pile.is_on(request) and verb.name in VERDICTS):
            messages.success(request, done)
        if leaving.has_left(verb, tip, pages.officer_of(request)):
            return _left(request, verb)
        if words_left(request.POST, verb):
            return _done_with_words_left(request, pk, verb)
        if pile.is_on(request):
            return pages.SeeOther(_in_the_pile(request, tip, verb))
        found = search_return.tip_url(pk, search_return.search_of(request))
        return pages.SeeOther(f"{found}{verb.section}")

    return view


def own_page(
    request: HttpRequest,
    verb: Verb,
    page: OwnPage,
    tip: Tip,
    typed: Mapping[str, str],
    refused: str = "",
) -> HttpResponse:
    """The page with the verb's form and what else was typed; shows nothing that was sealed."""
    officer = pages.officer_of(request)
    context = page.context(tip, officer) | {
        "title": f"{verb.label} {tip.reference}",
        "tip": tip,
        "version": tip.version_token,
        "refused": refused,
        "typed": typed,
        "words_left": unsent(typed, tip.language, done=verb),
        **pile.context(request, tip),
        **search_return.context(request, typed),
    }
    return pages.page(request, page.template, context)


def words_back(
    request: HttpRequest, typed: Mapping[str, str] | None = None, *, is_done: bool = False
) -> HttpResponse:
    """For a tip that is not there, or not for this officer any more: what they had typed for it.

    `is_done`: their own press took it away.
    """
    typed = request.POST if typed is None else typed
    title = "The tip is not yours to open any more" if is_done else "Nothing was done"
    context = {"title": title, "words_left": unsent(typed), "is_done": is_done}
    answer = pages.page(request, "desk/words_back.html", context)
    answer.status_code = 200 if is_done else 404
    return answer


def _in_the_pile(request: HttpRequest, tip: Tip, verb: Verb) -> str:
    """The next tip after a verdict; the same one after anything else."""
    if verb.name not in VERDICTS:
        return pile.url_of(tip.pk)
    return pile.after(
        request,
        pages.officer_of(request),
        tip,
        VERDICTS[verb.name],
        may_be_undone=verb.event in MAY_BE_UNDONE,
    )


def _press(request: HttpRequest, verb: Verb, tip: Tip) -> str:
    """Does it, with the note that goes along; the sentence that says so."""
    by, typed = pages.officer_of(request), request.POST
    with transaction.atomic():
        done = verb.press(
            tip=tip,
            by=by,
            stamp=_stamp(request),
            typed=typed,
            keys=pages.keys_of(request),
            photos=_photos(request),
        )
        if verb.takes_note and (note := words_in(typed, "note")):
            actions.note(tip=tip, by=by, text=note)
    return done


def _stamp(request: HttpRequest) -> Stamp:
    once = request.POST.get("once", "")
    seen = request.POST.get("seen", "").replace("\0", "")
    return Stamp(seen, once if receipts.is_idempotency_key(once) else "")


def _photos(request: HttpRequest) -> tuple[SentPhoto, ...]:
    sent = request.FILES.getlist("photos")
    return tuple(photo for photo in sent if isinstance(photo, SentPhoto))


def _refused(request: HttpRequest, pk: UUID, verb: Verb, refusal: Exception) -> HttpResponse:
    try:
        now = detail.visible(request, pk)
    except Http404:
        return words_back(request)
    sentence = NO_DESK_KEY if isinstance(refusal, NoDeskKey) else str(refusal)
    if verb.own_page:
        return own_page(request, verb, verb.own_page, now, request.POST, sentence)
    return detail.show(
        request,
        now,
        refused=sentence,
        verb=verb,
        typed=request.POST,
        anyway=isinstance(refusal, Repeats),
    )


def _left(request: HttpRequest, verb: Verb) -> HttpResponse:
    """The press took the tip away: to the page that says so, or what else was typed for it."""
    left = kept(request.POST, verb)
    return words_back(request, left, is_done=True) if left else leaving.last_page(verb)


def _done_with_words_left(request: HttpRequest, pk: UUID, verb: Verb) -> HttpResponse:
    """The tip as it is now, with what was typed in other boxes still in them."""
    left = kept(request.POST, verb)
    try:
        now = detail.visible(request, pk)
    except Http404:
        return words_back(request, left)
    return detail.show(request, now, typed=left)


View = Callable[..., HttpResponse]
SCREENS: list[tuple[str, View, str]] = [
    (f"{verb.name}/", view_of(verb), verb.name) for verb in VERBS.values()
]
