"""What the box R takes: words, and by which clear columns they are narrowed."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import Q
from django.utils import timezone

from tips.models import IS_OPEN, Officer, Tip
from tips.models.vocabulary import District, Language

STATUSES = {
    "open": ("Open", IS_OPEN),
    "closed": ("Closed", ~IS_OPEN),
    **{one.value: (one.label, Q(status=one)) for one in Tip.Status if one != Tip.Status.CLOSED},
}
NARROWED_BY = ("status", "since", "until", "district", "language", "mine")


LAST_DAY = date.max - timedelta(days=1)  # whose end is a moment that every column holds


class _DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _day(label: str) -> forms.DateField:
    in_time = MaxValueValidator(LAST_DAY, "Choose an earlier day.")
    return forms.DateField(label=label, required=False, widget=_DayInput, validators=[in_time])


class FindForm(forms.Form):
    """What is looked for, and where."""

    use_required_attribute = False

    terms = forms.CharField(label="Reference or words", max_length=300, required=False)
    status = forms.ChoiceField(
        choices=[("", "Any"), *((name, title) for name, (title, _) in STATUSES.items())],
        required=False,
    )
    since = _day("Came from")
    until = _day("Came until")
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


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
