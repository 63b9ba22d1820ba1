"""The box R: a whole reference leads to its tip, half of one lists, words are looked for inside.

Words are sent by POST, for the next page too: what was typed is in no address, title, session or
log. Whoever comes back to the results names the search by its event, in which they are sealed.
"""

from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from tips import actions
from tips.actions import Found, SearchBusy
from tips.admin import pages
from tips.admin.triage import search_return
from tips.admin.triage.find_form import NARROWED_BY, FindForm
from tips.crypto.active_key import NoDeskKey
from tips.models import Officer, Tip, references
from tips.search import terms
from tips.search.opened import NEWEST_FIRST, older_than

REFERENCES_SHOWN = 20
LISTED_BY = (*NARROWED_BY, "after", "searched")
LISTED = 50  # where no words were typed
NO_KEY = (
    "There is no desk key to seal your words with just now, so nothing was searched."
    " Tell the supervisor."
)
NOT_GIVEN_BACK = (
    "That search is more than a day old, not yours, or does not open with your keys."
    " Type it once more."
)
BUSY = "Others are searching just now. Nothing was searched: press Find again."


class Row(NamedTuple):
    """A tip that was found, and where it has what was looked for."""

    tip: Tip
    where: str = ""


class Answer(NamedTuple):
    """What the page says: the rows, and in sentences how far that goes.

    `after` and `searched` go into the form of the next page; empty where there is none. `search` is
    the event, where something was searched inside.
    """

    rows: list[Row]
    sentences: list[str]
    after: str = ""
    searched: int = 0
    search: UUID | None = None


@sensitive_post_parameters()
def find(request: HttpRequest) -> HttpResponse:
    """POST finds; GET shows the form, empty or with the list of what is narrowed without words.

    Raises PermissionDenied for a role without tips.
    """
    if not pages.officer_of(request).opens_tips:
        raise PermissionDenied
    if request.method == "POST":
        form = FindForm(request.POST)
        return pages.SeeOther(_list_url(form)) if _is_list(form) else _found(request, form)
    if request.GET.keys() - set(LISTED_BY):
        return pages.SeeOther(request.path)  # no words in an address, whoever put them there
    return _found(request, FindForm(request.GET or None))


@require_safe
def find_again(request: HttpRequest, search: UUID) -> HttpResponse:
    """The results of an earlier search of this officer's, as they are now; a new event."""
    asked = _asked_then(request, search)
    return _not_given_back(request) if asked is None else _found(request, FindForm(asked))


@require_safe
def find_next(request: HttpRequest, search: UUID, pk: UUID) -> HttpResponse:
    """Leads to the next older tip that this search finds; back to the results where there is none.

    Opens the tips between the two; an event with one hit or none.
    """
    asked, officer = _asked_then(request, search), pages.officer_of(request)
    results = pages.SeeOther(reverse("admin:tips_tip_find_again", args=(search,)))
    here = Tip.objects.visible_to(officer).without_blobs().filter(pk=pk).first()
    if asked is None or not (form := FindForm(asked)).is_valid():
        return _not_given_back(request)
    if here is None:
        return results
    try:
        found = _search(request, form, (here.received_at, here.pk), most_hits=1)
    except (SearchBusy, NoDeskKey) as error:
        messages.warning(request, BUSY if isinstance(error, SearchBusy) else NO_KEY)
        return pages.SeeOther(search_return.tip_url(pk, search))
    if found.hits:
        return pages.SeeOther(search_return.tip_url(found.hits[0].pk, search))
    next_ones = f"None of the next {found.searched:,} has it; there was no time for those behind."
    messages.info(request, next_ones if found.last else f"{here} was the last one that has it.")
    return results


def _no_key(request: HttpRequest) -> HttpResponse:
    return pages.page(request, "desk/no_key.html", {"title": "Your session holds no key"})


def _is_list(form: FindForm) -> bool:
    """Whether it asks for a list by clear columns; nothing is opened for that."""
    return form.is_valid() and not form.cleaned_data["terms"] and bool(_narrowing(form))


def _list_url(form: FindForm) -> str:
    return f"{reverse('admin:tips_tip_find')}?{urlencode(_narrowing(form))}"


def _narrowing(form: FindForm) -> dict[str, str]:
    """What was chosen beside the words, as it was sent."""
    chosen = {name: form.data.get(name) for name in LISTED_BY}
    return {name: value for name, value in chosen.items() if value}


def _asked_then(request: HttpRequest, search: UUID) -> dict[str, str] | None:
    """The form of this search as it was sent. Raises PermissionDenied for a role without tips."""
    officer, keys = pages.officer_of(request), pages.keys_of(request)
    if not officer.opens_tips:
        raise PermissionDenied
    asked = actions.searched_for(event=search, by=officer, keys=keys)
    return asked[1] | {"terms": asked[0]} if asked else None


def _not_given_back(request: HttpRequest) -> HttpResponse:
    if not pages.held_by(request):
        return _no_key(request)
    messages.warning(request, NOT_GIVEN_BACK)
    return pages.SeeOther(reverse("admin:tips_tip_find"))


def _found(request: HttpRequest, form: FindForm) -> HttpResponse:
    """The page for what the form says; a reference leads to its tip."""
    officer = pages.officer_of(request)
    if not form.is_valid():
        return _page(request, form)
    typed = form.cleaned_data["terms"]
    reference = "" if form.cleaned_data["after"] else references.parse(typed)
    if reference and (tip := referred_to(reference, officer)):
        return pages.SeeOther(reverse("admin:tips_tip_change", args=(tip.pk,)))
    if not pages.held_by(request):
        return _no_key(request)
    try:
        return _page(request, form, _answer(request, form, reference))
    except SearchBusy:
        return _page(request, form, refused=BUSY)
    except NoDeskKey:
        return _page(request, form, refused=NO_KEY)


def referred_to(reference: str, officer: Officer) -> Tip | None:
    """The tip of exactly this reference; a refusal looks like none, and is on the trail."""
    pk = Tip.objects.filter(reference=reference).values_list("pk", flat=True).first()
    return actions.visible_tip(pk=pk, by=officer) if pk else None


def _answer(request: HttpRequest, form: FindForm, reference: str) -> Answer:
    """What was found, in sentences too. Raises SearchBusy, NoDeskKey as `search` does."""
    officer, asked = pages.officer_of(request), form.cleaned_data
    typed, narrowed, after = asked["terms"], form.narrowed(officer), asked["after"]
    wanted = terms.parse(typed)
    if not wanted:
        return _listed(officer, narrowed, after) if narrowed else Answer([], [])
    by_half = [] if after else _by_half(typed, officer, narrowed)
    found = _search(request, form, after)
    inside = {hit.pk: ", ".join(hit.where) for hit in found.hits}
    tips = {tip.pk: tip for tip in _shown(officer).filter(pk__in=inside)}
    rows = [Row(tip, "its reference") for tip in by_half[:REFERENCES_SHOWN]]
    rows += [Row(tips[pk], where) for pk, where in inside.items() if pk in tips]
    before = asked["searched"] or 0 if after else 0
    sentences = [f"There is no tip {reference} that you may open."] if reference else []
    sentences.append(_how_many(len(inside), bool(found.last)))
    if len(by_half) > REFERENCES_SHOWN:
        sentences.append(f"The first {REFERENCES_SHOWN} with that half of a reference.")
    sentences.append(_how_far(found, before))
    return Answer(rows, sentences, _cursor(found.last), before + found.searched, found.event)


def _search(
    request: HttpRequest, form: FindForm, after: tuple[datetime, UUID] | None, most_hits: int = 0
) -> Found:
    """Looks inside the tips that are older than `after`. Raises as `actions.search` does."""
    officer, typed = pages.officer_of(request), form.cleaned_data["terms"]
    return actions.search(
        terms=terms.parse(typed),
        typed=typed,
        by=officer,
        keys=pages.keys_of(request),
        narrowed=form.narrowed(officer),
        after=after,
        asked=_narrowing(form),
        most_hits=most_hits,
    )


def _listed(officer: Officer, narrowed: Q, after: tuple[datetime, UUID] | None) -> Answer:
    """Without words: what the list is narrowed to, by clear columns; nothing is opened."""
    tips = list(_shown(officer).filter(narrowed, older_than(after))[: LISTED + 1])
    rows = [Row(tip) for tip in tips[:LISTED]]
    if len(tips) <= LISTED:
        every = f"{len(rows)} tip{'' if len(rows) == 1 else 's'}, and no older ones."
        return Answer(rows, [every if rows or after else "No tip."])
    last = rows[-1].tip
    return Answer(rows, [f"The newest {LISTED}."], _cursor((last.received_at, last.pk)))


def _by_half(typed: str, officer: Officer, narrowed: Q) -> list[Tip]:
    """Tips whose reference has this half, the newest first; one more than is shown."""
    every = references.with_half(typed)
    if not every:
        return []
    return list(_shown(officer).filter(narrowed, reference__in=every)[: REFERENCES_SHOWN + 1])


def _shown(officer: Officer) -> Any:
    """Rows as the page shows them, the newest first."""
    tips = Tip.objects.visible_to(officer).without_blobs().with_turn().select_related("owner")
    return tips.order_by(*NEWEST_FIRST)


def _how_many(hits: int, is_cut: bool) -> str:
    so_far = " so far" if is_cut else ""
    if not hits:
        return f"No tip has all of it{so_far}."
    return f"1 tip has it{so_far}." if hits == 1 else f"{hits} tips have it{so_far}."


def _how_far(found: Found, before: int) -> str:
    """How much was looked at, and what to do where that is not all."""
    total = before + found.searched
    if found.last is None:
        return f"Searched all {total:,}."
    many = f"{found.of:,}" if found.of < actions.COUNTED else f"more than {actions.COUNTED:,}"
    return f"Searched the newest {total:,} of {many}: narrow by date or district, or search on."


def _cursor(last: tuple[datetime, UUID] | None) -> str:
    return f"{last[0].isoformat()}_{last[1]}" if last else ""


def _page(
    request: HttpRequest, form: FindForm, answer: Answer | None = None, refused: str = ""
) -> HttpResponse:
    context = {
        "title": "Find",
        "form": form,
        "answer": answer,
        "refused": refused,
        "is_narrowed": any(form[name].value() for name in NARROWED_BY),
        "narrowed_by": [form[name] for name in NARROWED_BY],
    }
    return pages.page(request, "desk/find.html", context)
