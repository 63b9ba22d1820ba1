"""What a citizen may fill in: plain forms that lose no word and refuse next to nothing."""

import json
from collections.abc import Iterable
from copy import copy
from typing import Any, Self

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from campaign import offers
from tips.crypto import receipts
from tips.models.vocabulary import District, FirstHand, Language, MayShare, Relation, YesNo
from tips.public import layout
from tips.public.fields import Pick, Ticks, Words, danger_numbers

HEAVIEST = 240_000  # bytes of the whole document, in UTF-8
# How the questions are asked of somebody to whom it is happening.
FOR_SELF = {
    "relation": gettext_lazy("Who is this about?"),
    "what_happened": gettext_lazy("What is happening to you?"),
    "danger_now": gettext_lazy("Are you in danger now, or about to be moved?"),
    "under_18": gettext_lazy("Are you under 18?"),
}


class PublicForm(forms.Form):
    """A form without cookie or token; its idempotency key limits nothing."""

    use_required_attribute = False  # the answer to an empty text is ours, in the page's own words
    again = False  # nothing could be taken: the button says "Send again"

    def __init__(self, data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(None if data is None else _plain(data), auto_id="%s", **options)

    @classmethod
    def opened(cls, data: QueryDict, names: Iterable[str]) -> Self:
        """The form before it is sent, with these of its fields as they came."""
        fields = _plain(data)
        many = {"signs", "plea"}
        initial = {
            name: fields.getlist(name) if name in many else fields[name]
            for name in names
            if name in fields
        }
        return cls(initial=initial)

    @cached_property
    def idempotency_key(self) -> str:
        """What came along as `submission`, or a new one where none did or it is misshapen."""
        key = str(self.data.get("submission", ""))
        return key if receipts.is_idempotency_key(key) else receipts.new_idempotency_key()


class TipForm(PublicForm):
    """A tip, as docs/contract.md lists its fields. Only what_happened is required."""

    what_happened = Words(
        gettext_lazy("What did you see, hear or live through?"),
        gettext_lazy(
            "Your words, any language. A few words are enough. "
            "Say what you saw and what others told you."
        ),
        long=True,
        missing=gettext_lazy(
            "Tell us what you saw, heard or lived through. A few words are enough."
        ),
    )
    danger_now = Pick(
        gettext_lazy("Is anyone in danger now, or about to be moved?"),
        YesNo.choices,
        note=lambda: _("Call %(numbers)s too") % {"numbers": danger_numbers()},
    )
    under_18 = Pick(gettext_lazy("Could anyone being hurt be under 18?"), YesNo.choices)
    district = Pick(
        gettext_lazy("District"),
        [("", gettext_lazy("Not sure")), *District.choices],
        widget=forms.Select,
    )
    place = Words(
        gettext_lazy("Place"), gettext_lazy("A landmark, road, business, boat or web page.")
    )
    relation = Pick(gettext_lazy("How do you come to know this?"), Relation.choices)
    first_hand = Pick(gettext_lazy("Did you see or hear it yourself?"), FirstHand.choices)
    signs = Ticks(gettext_lazy("Which of these did you notice?"), offers.signs)
    when = Words(
        gettext_lazy("When? Is it still going on?"),
        gettext_lazy("Tonight. Every Friday. Since March."),
    )
    people_harmed = Words(
        gettext_lazy("Who is being hurt or controlled?"),
        gettext_lazy("How many, about what age, what language. Names only if you know them."),
        long=True,
    )
    people_responsible = Words(
        gettext_lazy("Who is doing it?"),
        gettext_lazy(
            "Name or nickname, looks, job. Do not try to find out more: it may warn them."
        ),
        long=True,
    )
    vehicles_phones_online = Words(
        gettext_lazy("Number plates, boats, phone numbers, accounts, adverts"), long=True
    )
    official_involved = Pick(
        gettext_lazy("Is anyone from police, immigration, customs or government part of it?"),
        YesNo.choices,
        note=lambda: _("Then only supervisors open it"),
    )
    reported_before = Words(gettext_lazy("Have you told anyone already?"))
    may_share = Pick(gettext_lazy("May we pass this on?"), MayShare.choices)
    answer_language = Pick(
        gettext_lazy("Answer me in"),
        Language.choices,
        in_own_language=True,
        widget=forms.Select,
        initial=get_language,
    )
    contact_name = Words(gettext_lazy("Name"))
    contact_details = Words(gettext_lazy("Phone or e-mail"))
    contact_safely = Words(
        gettext_lazy("When and how is it safe?"),
        gettext_lazy("Who else might pick up or read it?"),
    )
    plea = Ticks(gettext_lazy("What you ticked"), lambda: offers.phrases("en", "card"))
    website = Words(gettext_lazy("Leave this empty"))

    def __init__(self, data: QueryDict | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        # Made when they are shown: a tip that is taken shows none.
        self._field("signs").choices = self._signs
        self._field("plea").choices = self._plea
        if self.is_for_self:
            self._ask_the_citizen()

    def _signs(self) -> list[tuple[str, str]]:
        signs, ticked = offers.signs(get_language() or "en"), self["signs"].value() or ()
        return [(one.slug, one.title) for one in signs if one.on_form or one.slug in ticked]

    def _plea(self) -> list[tuple[str, str]]:
        lines, pressed = offers.phrases(get_language() or "en", "card"), self["plea"].value() or ()
        return [(one.slug, one.title) for one in lines if one.slug in pressed]

    def _field(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    def _ask_the_citizen(self) -> None:
        """Asks the citizen about themselves, and first of all whether it is about them."""
        for name, label in FOR_SELF.items():
            field = self.fields[name] = copy(self.fields[name])
            field.label = label
        hint = _("Your words, any language. A few words are enough.")
        self.fields["what_happened"].help_text = hint
        relation = self.fields["relation"]
        assert isinstance(relation, forms.ChoiceField)
        relation.widget = copy(relation.widget)  # which has the choices as well
        relation.choices = [(Relation.SELF, Relation.SELF.label), ("", _("About somebody else"))]

    @cached_property
    def is_for_self(self) -> bool:
        """Whether the citizen says that it is happening to them."""
        came = self.data if self.is_bound else self.initial
        return bool(came.get("relation") == Relation.SELF)

    @property
    def helper(self) -> FormHelper:
        """The layout that crispy-forms renders it by."""
        return layout.TIP_FOR_SELF if self.is_for_self else layout.TIP

    def clean(self) -> dict[str, Any]:
        """The answers as they are.

        Raises ValidationError for a whole that the envelope cannot hold, though each text fits.
        """
        whole = dict(self.cleaned_data)
        if len(json.dumps(whole, ensure_ascii=False).encode()) > HEAVIEST:
            raise ValidationError(
                _(
                    "All your answers together are too long for one sending. Take some out and "
                    "keep them: you can send them with your code, on the next pages."
                ),
                code="too_heavy",
            )
        return whole

    @property
    def looks_like_spam(self) -> bool:
        """Whether a program filled the field that people do not see."""
        return bool(self.cleaned_data["website"])

    @property
    def tip(self) -> dict[str, Any]:
        """The answers, as they are sealed; `plea` is among them where it was one."""
        left_out = {"website"} if self.cleaned_data.get("plea") else {"website", "plea"}
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}

    @cached_property
    def ticked(self) -> int:
        """How many signs it shows ticked."""
        published = {sign.slug for sign in offers.signs()}
        return len(published.intersection(self["signs"].value() or ()))

    @cached_property
    def tells_more(self) -> bool:
        """Whether something in the folded part came filled, or has an error that must be seen."""
        return any(
            self[name].errors or self[name].value() not in (None, "", [], self._default(name))
            for name in layout.FOLDED
            if not (name == "relation" and self.is_for_self)
        )

    def _default(self, name: str) -> Any:
        """What a form shows to whoever has said nothing."""
        default = self.fields[name].initial
        return default() if callable(default) else default


def _plain(data: QueryDict) -> MultiValueDict[str, str]:
    """The data without NULs and halves of characters, which no page and no database can hold."""
    return MultiValueDict(
        {
            name: [value.replace("\0", "").encode("utf-8", "replace").decode() for value in values]
            for name, values in data.lists()
        }
    )
