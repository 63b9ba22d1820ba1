"""What the desk asks on the telephone: the public form's questions, and a few of its own."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import strip_tags

from tips.models.vocabulary import Channel, MayShare
from tips.public.fields import Pick, Words
from tips.public.forms import TipForm

CHANNELS = [(one.value, one.label) for one in Channel if one != Channel.WEB]
# What was said stands under these; the first row is what must survive a dropped line.
FIRST_ROW = ("danger_now", "district", "place", "call_back", "contact_details", "contact_safely")
SECOND_ROW = ("under_18", "official_involved", "relation", "first_hand")
THE_REST = (
    "what_happened",
    "signs",
    "when",
    "people_harmed",
    "people_responsible",
    "vehicles_phones_online",
    "reported_before",
    "contact_name",
)
HOW_IT_CAME = ("answer_language", "may_share", "channel", "written_on")
# What the call alone is told by, and what is never asked on the telephone.
NOT_IN_THE_DOCUMENT = ("channel", "plea")
# Chosen before anybody said a word.
PRESET = {"may_share": MayShare.ASK.value, "channel": Channel.PHONE.value, "answer_language": "en"}


class CallForm(TipForm):
    """The same questions with the same answers; nothing is required, for lines drop."""

    website = None  # type: ignore[assignment]
    is_for_self = False  # an officer asks, of whomever it is

    what_happened = Words(
        TipForm.base_fields["what_happened"].label or "",
        "In their own words, and in their language where you can.",
        long=True,
    )
    earlier_tip = Words("About an earlier tip?")
    call_back = Pick("They asked us to call or write", [("yes", "Yes")])
    channel = Pick("Came by", CHANNELS)
    written_on = Words("Day on the paper")

    def __init__(self, data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(data, **options | {"initial": PRESET | (options.get("initial") or {})})

    def clean(self) -> dict[str, Any]:
        """As the public form's; a number that nobody asked us to call is not taken."""
        answers = super().clean()
        if answers.get("contact_details") and not answers.get("call_back"):
            answers["contact_details"] = ""
        answers["channel"] = answers.get("channel") or Channel.PHONE.value
        answers["may_share"] = answers.get("may_share") or MayShare.ASK.value
        return answers

    @property
    def left_out_number(self) -> bool:
        """Whether a number was typed that is not stored, because they did not ask to be called."""
        return bool(self["contact_details"].value()) and not self.cleaned_data["contact_details"]

    def says_something(self, *, besides: str = "") -> bool:
        """Whether anything was said or ticked besides this field and what was chosen before."""
        asked = self.fields.keys() - PRESET.keys() - {besides}
        return any(self[name].value() not in (None, "", []) for name in asked)

    @property
    def tip(self) -> dict[str, Any]:
        return {k: v for k, v in self.cleaned_data.items() if k not in NOT_IN_THE_DOCUMENT}

    def must_say_something(self) -> None:
        """Adds the error of a form in which nothing was filled in."""
        sentence = "Nothing is filled in yet, so nothing was stored."
        self.add_error(None, ValidationError(sentence, code="empty"))

    def as_text(self) -> str:
        """What was said, line by line under its questions, to be kept as a message."""
        return "\n".join(f"{question}: {said}" for question, said in self._said())

    def _said(self) -> Iterator[tuple[str, str]]:
        for name in (*FIRST_ROW, *SECOND_ROW, *THE_REST, "written_on"):
            value = self.cleaned_data.get(name)
            if not value:
                continue
            titles = dict(getattr(self.fields[name], "choices", ()))
            values = value if isinstance(value, list) else [value]
            said = ", ".join(strip_tags(str(titles.get(one, one))) for one in values)
            yield str(self.fields[name].label), said
