"""What a citizen sends with the receipt code: the code alone, an addition, or a removal."""

import re
from collections.abc import Mapping, Sequence
from copy import copy
from enum import StrEnum
from typing import Any

from crispy_forms.helper import FormHelper
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tips.crypto import receipts
from tips.models import references
from tips.models.vocabulary import YesNo
from tips.public import layout
from tips.public.fields import Pick, Words, danger_numbers
from tips.public.forms import PublicForm


class CodeForm(PublicForm):
    """The receipt code, typed back."""

    code = Words(
        gettext_lazy("Your code"),
        gettext_lazy(
            "17 letters and numbers. Small letters, spaces and lines do not matter. "
            "Never say it aloud."
        ),
        missing=gettext_lazy("Type your code: 17 letters and numbers."),
    )

    @property
    def helper(self) -> FormHelper:
        """The layout that crispy-forms renders it by."""
        return layout.CODE

    def clean_code(self) -> str:
        """The code in its written form.

        Raises ValidationError for anything else; a slip of one letter is told from the rest.
        """
        try:
            return receipts.parse_code(self.cleaned_data["code"])
        except receipts.Mistyped:
            raise ValidationError(
                _(
                    "At least one letter is wrong, or two have changed places. "
                    "Compare it letter by letter with what you wrote down."
                ),
                code="mistyped",
            ) from None
        except receipts.NotACode:
            if is_reference(self.cleaned_data["code"]):
                raise ValidationError(
                    _(
                        "This is the reference, which is for the telephone and opens nothing here. "
                        "Type the code: 17 letters and numbers, like ABCD-EFGH-JKMN-PQRST."
                    ),
                    code="reference",
                ) from None
            raise ValidationError(
                _(
                    "This is not a whole code. A code has 17 letters and numbers, like "
                    "ABCD-EFGH-JKMN-PQRST. Compare it letter by letter with what you wrote down."
                ),
                code="not_a_code",
            ) from None

    def refuse_code(self) -> None:
        """No tip has this code, though it is a whole one: says what can be known of that."""
        self.add_error(
            "code",
            ValidationError(
                _(
                    "There is no tip under this code. Either it was erased, or more than one "
                    "letter is wrong. Compare it letter by letter with what you wrote down."
                ),
                code="unknown",
            ),
        )


class FollowUp(StrEnum):
    """What is posted to /follow-up/: a code to open, a removal, or an addition from a page."""

    CODE = "code"
    REMOVE = "remove"
    CONVERSATION = "conversation"
    RECEIPT = "receipt"

    @classmethod
    def of(cls, data: QueryDict, photos: Sequence[Any]) -> "FollowUp":
        """Key, words, photos or danger make it an addition; a receipt has no message field."""
        danger = is_ticked(data, "danger_now")
        if not ("submission" in data or data.get("message") or photos or danger):
            return cls.REMOVE if "remove" in data else cls.CODE
        return cls.CONVERSATION if "message" in data or danger else cls.RECEIPT


class FollowUpForm(CodeForm):
    """What a citizen adds under a code: words, photos or both."""

    message = Words(
        gettext_lazy("Answer, or add something"), gettext_lazy("Any language."), long=True
    )
    danger_now = Pick(
        gettext_lazy("It has become dangerous"),
        [(YesNo.YES, gettext_lazy("It has become dangerous"))],
        note=lambda: (
            _("This makes your tip urgent. Call %(numbers)s too") % {"numbers": danger_numbers()}
        ),
    )

    def __init__(self, data: QueryDict | None = None, *, photos: int = 0, **options: Any) -> None:
        super().__init__(data, **options)
        self.photos = photos
        message = self.fields["message"] = copy(self.fields["message"])
        message.required = not (photos or is_ticked(self.data, "danger_now"))
        on_receipt = data is not None and "message" not in data
        missing = (
            _("Choose one or more photos first.")
            if on_receipt
            else _("Write something, or choose a photo.")
        )
        message.error_messages = message.error_messages | {"required": missing}

    @property
    def helper(self) -> FormHelper:
        """Hides a code that may well be right, for whoever looks over a shoulder."""
        return (
            layout.FOLLOW_UP
            if self["code"].value() and not self["code"].errors
            else layout.FOLLOW_UP_WITH_CODE
        )

    @property
    def says_danger(self) -> bool:
        """Whether it has become dangerous; for a valid form."""
        return bool(self.cleaned_data["danger_now"] == YesNo.YES)

    def refuse_more(self) -> None:
        """Fifty sendings in an hour are enough for one code."""
        self.add_error(
            "message",
            ValidationError(
                _(
                    "You sent a great deal in one hour. What you sent before has arrived. "
                    "Send this in an hour."
                ),
                code="too_many",
            ),
        )


def is_reference(typed: str) -> bool:
    """Whether it is a tip's reference, with a label before it or without."""
    return bool(references.parse(typed) or references.parse(re.split("[:#]", typed)[-1]))


def is_ticked(data: Mapping[str, Any], name: str) -> bool:
    """Whether this box came ticked."""
    return data.get(name) == YesNo.YES
