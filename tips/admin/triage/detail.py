"""One tip on one screen, and its photos."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign import offers
from tips import actions
from tips.admin import pages, police_unit
from tips.admin.triage import list_places, pile, search_return, sentences, verbs
from tips.admin.triage.unsent import Unsent, unsent
from tips.admin.triage.verb import Verb, words_in
from tips.models import Officer, Tip
from tips.models.vocabulary import District, FirstHand, Language, MayShare, Relation, YesNo

FACTS = (
    ("plea", "Pressed, not written"),
    ("danger_now", "Danger now"),
    ("under_18", "Under 18 involved"),
    ("district", "District"),
    ("place", "Place"),
    ("when", "When"),
    ("first_hand", "First hand"),
    ("relation", "The sender"),
    ("people_harmed", "People harmed"),
    ("people_responsible", "People responsible"),
    ("vehicles_phones_online", "Vehicles, phones, online"),
    ("official_involved", "Official involved"),
    ("reported_before", "Reported before"),
    ("earlier_tip", "About an earlier tip"),
    ("call_back", "Asked us to call or write"),
    ("written_on", "Day on the paper"),
)
# What the form asks in the citizen's words, in the desk's.
ANSWERS = {
    "first_hand": {
        FirstHand.SELF: "Saw or heard it themselves",
        FirstHand.TOLD: "Was told",
        FirstHand.ONLINE: "Online",
        FirstHand.MIXED: "Some of each",
    },
    "relation": {
        Relation.SELF: "It happens to them",
        Relation.FAMILY_FRIEND: "Family or friend",
        Relation.NOTICED: "Somebody who noticed",
        Relation.WORKER: "Works there",
        Relation.PROFESSIONAL: "Through their job",
        Relation.OTHER: "Another way",
        Relation.UNSAID: "Would rather not say",
    },
    "may_share": {MayShare.YES: "yes, with whoever can help", MayShare.ASK: "ask first"},
    "district": dict(District.choices),
}
# Browsers show a picture whatever the status of its answer.
DOES_NOT_OPEN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 48" width="640" height="96">'
    '<rect width="320" height="48" fill="#fff"/>'
    '<text x="160" y="29" text-anchor="middle" font-family="sans-serif" font-size="15">'
    "This photo does not open with your keys</text></svg>"
)
YES_NO = {YesNo.YES: "Yes", YesNo.NO: "No", YesNo.UNKNOWN: "Not known"}


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def screen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The tip, opened: an event first, then its words. A POST only keeps what it brings."""
    tip, photos = visible(request, pk), request.GET.getlist("photo")
    list_places.remember(request, pk)
    return show(request, tip, typed=request.POST, photos=photos)


@sensitive_post_parameters()
@require_POST
def ask_for_photos(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The tip's page again, with these photos on it, and what was typed there."""
    tip = visible(request, pk)
    numbers = [number for number in request.POST.getlist("photo") if _is_number(number)]
    if "all" in request.GET:
        numbers = [str(number) for number in tip.photos.values_list("number", flat=True)]
    if verbs.words_left(request.POST):
        return show(request, tip, typed=request.POST, photos=numbers)
    url = reverse("admin:tips_tip_change", args=(tip.pk,))
    asked = [f"photo={number}" for number in dict.fromkeys(numbers)]
    if pile.is_on(request):
        asked.append(f"{pile.FIELD}=1")
    if search := search_return.search_of(request):
        asked.append(f"{search_return.FIELD}={search}")
    return pages.SeeOther(f"{url}?{'&'.join(asked)}#h-photos" if asked else url)


@require_safe
def photo(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """The picture itself; that it was shown is on the trail before its first byte leaves.

    Where it does not open, a picture that says so takes its place. Raises Http404 where there is
    none to show.
    """
    tip = visible(request, pk)
    keys = pages.keys_of(request)
    if not keys:
        raise Http404
    shown = actions.show_photo(tip=tip, by=pages.officer_of(request), number=number, keys=keys)
    if shown is None:
        raise Http404
    if not shown:
        return HttpResponse(DOES_NOT_OPEN, content_type="image/svg+xml", status=404)
    response = HttpResponse(shown, content_type="image/jpeg")  # photos.clean makes no other
    name = f"{tip.reference or 'tip'}-{number}.jpg"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


SCREENS: tuple[tuple[str, Callable[..., HttpResponse], str], ...] = (
    ("", screen, "change"),
    ("photo/", ask_for_photos, "photo"),
    ("photo/<int:number>/", photo, "picture"),
)


def visible(request: HttpRequest, pk: UUID) -> Tip:
    """The tip. Raises PermissionDenied for a role that opens none, Http404 where there is none.

    One that this officer may not open is none, too.
    """
    officer = pages.officer_of(request)
    if not officer.opens_tips:
        raise PermissionDenied
    tip = actions.visible_tip(pk=pk, by=officer)
    if tip is None:
        raise Http404
    return tip


def show(
    request: HttpRequest,
    tip: Tip,
    *,
    refused: str = "",
    verb: Verb | None = None,
    typed: Mapping[str, str] | None = None,
    photos: Sequence[str] = (),
    anyway: bool = False,
) -> HttpResponse:
    """The whole screen, with what was typed and not sent; and the sentence that refused a verb.

    `anyway` offers to send an answer that repeats something of the tip.
    """
    officer, keys = pages.officer_of(request), pages.keys_of(request)
    if not keys:
        return pages.page(request, "desk/no_key.html", {"title": "Your session holds no key"})
    opened = actions.open_tip(tip=tip, by=officer, keys=keys)
    offered, typed = verbs.offered(tip, officer), typed or {}
    who_open = list(tip.who_open().only("username", "reads")) if _asks_who(request, tip) else []
    return pages.page(
        request,
        "desk/tip.html",
        {
            "title": tip.reference,
            "tip": tip,
            "is_mine": tip.owner_id == officer.pk,
            "opened": opened,
            "looks_like": actions.looks_like(tip=tip, opened=opened, by=officer, keys=keys),
            "shown_photos": {int(number) for number in photos if _is_number(number)},
            "colleagues": [] if pile.is_on(request) else _others(tip, officer, who_open),
            "locked_photo": offers.desk_line(police_unit.LINE) if opened.locked_photos else "",
            "refused": refused,
            "refused_field": verb.fields[0].name if verb and verb.fields else "",
            "version": opened.version,
            "offered": offered,
            "may_junk": not tip.why_not_closed_as(Tip.Outcome.JUNK, officer),
            **pile.context(request, tip),
            "next_in_list": list_places.is_from_a_list(request, tip.pk),
            **search_return.context(request, typed),
            "typed": typed,
            **_answering(tip, typed, anyway=anyway),
            "is_read_by_nobody": _is_read_by_nobody(tip, who_open),
            "words_left": _out_of_place(tip, typed, offered),
            **(_in_words(opened.fields) if opened.fields else {}),
        },
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6


def _out_of_place(tip: Tip, typed: Mapping[str, str], offered: Mapping[str, Verb]) -> list[Unsent]:
    """What was typed into a box that is not on the screen any more."""
    here = [field for verb in offered.values() if not verb.own_page for field in verb.fields]
    return unsent(typed, tip.language, here=here)


def _answering(tip: Tip, typed: Mapping[str, str], *, anyway: bool) -> dict[str, Any]:
    ticked = words_in(typed, "sentence").split()
    return {
        "anyway": anyway,
        "languages": [(one.value, one.english) for one in Language],
        "ticked_sentences": ticked,
        "sentence_groups": sentences.sentences_for(tip.language, ticked),
    }


def _asks_who(request: HttpRequest, tip: Tip) -> bool:
    """Whether the page needs to know who can open the tip: no verdict of the pile gives it away."""
    return tip.language != Language.EN or not pile.is_on(request)


def _others(tip: Tip, officer: Officer, who_open: Sequence[Officer]) -> list[Officer]:
    """Everybody to whom the tip can be given: all who can open it today but its owner.

    Who takes a colleague's says why, and does so by another verb.
    """
    not_to = {tip.owner_id} | ({officer.pk} if tip.owner_id else set())
    return [one for one in who_open if one.pk not in not_to]


def _is_read_by_nobody(tip: Tip, who_open: Sequence[Officer]) -> bool:
    """Whether none of those who can open it says that they read its language; English all do."""
    return tip.language != Language.EN and not any(tip.language in one.reads for one in who_open)


def _in_words(fields: dict[str, Any]) -> dict[str, Any]:
    """The document as the screen shows it: nothing that was said is left out."""
    titles = {sign.slug: sign for sign in offers.signs()}
    types = offers.types()
    slugs = fields.get("signs") or []
    pointed = {slug: None for name in slugs if name in titles for slug in titles[name].types}
    return {
        "story": fields.get("what_happened", ""),
        "facts": [
            (name, label, _answer(name, fields[name])) for name, label in FACTS if fields.get(name)
        ],
        "signs": [
            (titles[slug].title, titles[slug].strong) if slug in titles else (slug, False)
            for slug in slugs
        ],
        "kinds": ", ".join(str(types.get(slug, slug)) for slug in pointed),
        "contact": {
            "name": fields.get("contact_name", ""),
            "details": fields.get("contact_details", ""),
            "safely": fields.get("contact_safely", ""),
            "may_share": _answer("may_share", fields.get("may_share", "")),
        },
    }


def _answer(name: str, value: Any) -> str:
    if name == "plea":
        lines = {line.slug: line.title for line in offers.phrases("en", "card")}
        return " · ".join(lines.get(slug, slug) for slug in value)
    return str(ANSWERS.get(name, YES_NO).get(value, value))  # type: ignore[attr-defined]
