"""The box R: a whole reference leads to its tip, half of one lists, words are looked for inside.

POST alone, the next page too: what was typed is in no address, title, session or log.
"""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from tips import actions
from tips.actions import Found, SearchBusy
from tips.admin import pages
from tips.crypto.active_key import NoDeskKey
from tips.models import IS_OPEN, Officer, Tip, references
from tips.models.vocabulary import District, Language
from tips.search import terms
from tips.search.opened import NEWEST_FIRST, older_than

REFERENCES_SHOWN = 20
LISTED = 50  # where no words were typed
STATUSES = {
    "open": ("Open", IS_OPEN),
    "closed": ("Closed", ~IS_OPEN),
    **{one.value: (one.label, Q(status=one)) for one in Tip.Status if one != Tip.Status.CLOSED},
}
NARROWED_BY = ("status", "since", "until", "district", "language", "mine")
NO_KEY = (
    "There is no desk key to seal your words with just now, so nothing was searched."
    " Tell the supervisor."
)
BUSY = "Others are searching just now. Nothing was searched: press Find again."


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class FindForm(forms.Form):
    """What is looked for, and where."""

    use_required_attribute = False

    terms = forms.CharField(label="Reference or words", max_length=300, required=False)
    status = forms.ChoiceField(
        choices=[("", "Any"), *((name, title) for name, (title, _) in STATUSES.items())],
        required=False,
    )
    since = forms.DateField(label="Came from", required=False, widget=_Day)
    until = forms.DateField(label="Came until", required=False, widget=_Day)
    district = forms.ChoiceField(
        choices=[("", "Any"), *District.choices, ("none", "Not said")], required=False
    )
    language = forms.ChoiceField(
        choices=[("", "Any"), *((one.value, one.english) for one in Language)], required=False
    )
    mine = forms.BooleanField(label="Mine alone", required=False)
    after = forms.CharField(required=False, widget=forms.HiddenInput)
    searched = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def clean_after(self) -> tuple[datetime, UUID] | None:
        """Where an earlier page stopped. Raises ValidationError for anything else."""
        value = self.cleaned_data["after"]
        try:
            at, _, pk = value.partition("_")
            return (datetime.fromisoformat(at), UUID(pk)) if value else None
        except ValueError:
            raise forms.ValidationError("This page was cut off: press Find again.") from None

    def narrowed(self, officer: Officer) -> Q:
        """What the list is narrowed by; empty where it is not."""
        asked, rows = self.cleaned_data, Q()
        if asked["status"]:
            rows &= STATUSES[asked["status"]][1]
        if asked["since"]:
            rows &= Q(received_at__gte=_midnight(asked["since"]))
        if asked["until"]:
            rows &= Q(received_at__lt=_midnight(asked["until"] + timedelta(days=1)))
        if asked["district"]:
            rows &= Q(district="" if asked["district"] == "none" else asked["district"])
        if asked["language"]:
            rows &= Q(language=asked["language"])
        return rows & Q(owner=officer) if asked["mine"] else rows


class Row(NamedTuple):
    """A tip that was found, and where it has what was looked for."""

    tip: Tip
    where: str = ""


class Answer(NamedTuple):
    """What the page says: the rows, and in sentences how far that goes.

    `after` and `searched` go into the form of the next page; empty where there is none.
    """

    rows: list[Row]
    sentences: list[str]
    after: str = ""
    searched: int = 0


@sensitive_post_parameters()
def find(request: HttpRequest) -> HttpResponse:
    """POST finds; GET shows the empty form. Raises PermissionDenied for a role without tips."""
    officer = pages.officer_of(request)
    if not officer.opens_tips:
        raise PermissionDenied
    if request.GET:
        return pages.SeeOther(request.path)  # where every page's links would repeat it
    form = FindForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form)
    typed = form.cleaned_data["terms"]
    reference = "" if form.cleaned_data["after"] else references.parse(typed)
    if reference and (tip := referred_to(reference, officer)):
        return pages.SeeOther(reverse("admin:tips_tip_change", args=(tip.pk,)))
    if not pages.held_by(request):
        return pages.page(request, "desk/no_key.html", {"title": "Your session holds no key"})
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
    found = actions.search(
        terms=wanted,
        typed=typed,
        by=officer,
        keys=pages.keys_of(request),
        narrowed=narrowed,
        after=after,
    )
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
    return Answer(rows, sentences, _cursor(found.last), before + found.searched)


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


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


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
