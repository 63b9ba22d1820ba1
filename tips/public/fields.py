"""The kinds of question on the public forms, and the answers they offer."""

from collections.abc import Callable, Iterable
from copy import copy
from typing import TYPE_CHECKING, Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.text import get_text_list
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaign import offers

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST = 20_000  # characters in one text


class Shared:
    """A field that no form changes, so that all forms have the same one: copies cost time."""

    def __deepcopy__(self, memo: Any) -> Self:
        return self


class Words(Shared, forms.CharField):
    """A text in the citizen's own words: any script, no minimum, at most LONGEST characters."""

    def __init__(
        self,
        label: "StrOrPromise",
        hint: "StrOrPromise" = "",
        *,
        long: bool = False,
        missing: "StrOrPromise" = "",
    ) -> None:
        super().__init__(
            label=label,
            help_text=hint,
            required=bool(missing),
            error_messages={"required": missing},
            widget=forms.Textarea if long else forms.TextInput,
        )

    def to_python(self, value: Any) -> str:
        """The text with plain line ends."""
        plain = (value or "").replace("\r\n", "\n").replace("\r", "\n")
        return str(super().to_python(plain))

    def validate(self, value: str) -> None:
        """Refuses next to nothing.

        Raises ValidationError for what is too long, saying by how much and what to do.
        """
        super().validate(value)
        if (over := len(value) - LONGEST) > 0:
            raise ValidationError(
                _(
                    "“%(question)s” has %(length)s characters, and %(limit)s fit. Cut the last "
                    "%(over)s and keep them: you can send them next, with your code."
                )
                % {
                    "question": self.label,
                    "length": _number(len(value)),
                    "limit": _number(LONGEST),
                    "over": _number(over),
                },
                code="too_long",
            )


class Pick(Shared, forms.ChoiceField):
    """One of a few answers; any other value counts as none, for a tip is worth more than a tick.

    `note` makes the small line under "yes" whenever the answers are shown.
    """

    widget = forms.RadioSelect

    def __init__(
        self,
        label: "StrOrPromise",
        answers: Any,
        *,
        note: Callable[[], str] | None = None,
        in_own_language: bool = False,
        **options: Any,
    ) -> None:
        choices = answers if note is None else lambda: noted(answers, "yes", note())
        super().__init__(label=label, choices=choices, required=False, **options)
        self.values = frozenset(value for value, _label in answers)
        self.in_own_language = in_own_language  # each answer is the name of its language

    def clean(self, value: Any) -> str:
        """The answer, or an empty one."""
        return str(value) if value in self.values else ""


class Ticks(forms.MultipleChoiceField):
    """Any of what is published, by its slug, in the order they came; others are dropped."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, label: "StrOrPromise", published: Callable[[], Iterable[Any]]) -> None:
        super().__init__(label=label, required=False)
        self.published = published

    def __deepcopy__(self, memo: Any) -> Self:
        """A form changes what is offered, and nothing else."""
        one = copy(self)
        one.widget = copy(self.widget)
        return one

    def clean(self, value: Any) -> list[str]:
        """The published ones, each once."""
        published = {one.slug for one in self.published()}
        return [slug for slug in dict.fromkeys(value or ()) if slug in published]


def _number(count: int) -> str:
    return number_format(count, force_grouping=True)


def noted(choices: Any, value: str, note: str) -> list[tuple[str, Any]]:
    """The choices with a small line under one of them."""
    return [
        (key, format_html("{} <small>{}</small>", label, note) if key == value else label)
        for key, label in choices
    ]


def danger_numbers() -> str:
    """The numbers to call in danger, as words."""
    live = offers.contacts(get_language() or "en")
    shown = (live[kind].number for kind in ("police", "emergency") if kind in live)
    return str(get_text_list(list(dict.fromkeys(shown)), _("or")))
