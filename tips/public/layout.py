"""How crispy-forms lays out the public forms, with our own template pack "site"."""

from collections.abc import Sequence
from copy import copy
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django.forms import BaseForm
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy


class Question:
    """One question: a field alone, or several under one legend; `columns` for long lists.

    `phrase` is what says the same in the Creoles.
    """

    def __init__(
        self,
        *names: str,
        columns: int = 0,
        legend: str | Promise = "",
        hint: str | Promise = "",
        kind: str = "",
        phrase: str = "",
    ) -> None:
        self.names = names
        self.said = {
            "number": 0,
            "columns": columns,
            "legend": legend,
            "hint": hint,
            "kind": kind,
            "phrase": phrase,
        }

    def numbered(self, number: int) -> "Question":
        """The same question with this number before it."""
        question = copy(self)
        question.said = self.said | {"number": number}
        return question

    def render(self, form: BaseForm, context: Any, **_: Any) -> SafeString:
        """The question, with its errors beside each field."""
        fields = [form[name] for name in self.names]
        if self.said["legend"]:
            return render_to_string("site/group.html", {**self.said, "fields": fields})
        return render_to_string("site/field.html", {**self.said, "field": fields[0]})


class Piece:
    """A fragment between the questions."""

    def __init__(self, template: str) -> None:
        self.template = template

    def render(self, form: BaseForm, context: Any, **_: Any) -> SafeString:
        """The fragment, which sees the form."""
        return render_to_string(self.template, {"form": form, "contacts": context.get("contacts")})


class IfTicked:
    """A question that no form opens with: it is shown where something of it came ticked."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def render(self, form: BaseForm, context: Any, **_: Any) -> SafeString:
        """The question, or nothing."""
        (name,) = self.question.names
        return self.question.render(form, context) if form[name].value() else SafeString()


class More:
    """Questions that are folded away until they are wanted, or until one of them came filled."""

    def __init__(self, *questions: Question | Piece) -> None:
        self.questions = questions

    def render(self, form: BaseForm, context: Any, **_: Any) -> SafeString:
        """The part that is folded until somebody tells more."""
        inner = mark_safe("".join(one.render(form, context) for one in self.questions))
        return render_to_string("site/tell_more.html", {"form": form, "inner": inner})


def _numbered(questions: Sequence[Question], first: int) -> list[Question]:
    return [question.numbered(number) for number, question in enumerate(questions, first)]


def _helper(*pieces: Question | Piece | IfTicked | More, action: str) -> FormHelper:
    helper = FormHelper()
    helper.form_class = "form"
    helper.form_id = "form"
    helper.form_action = action
    helper.attrs = {"enctype": "multipart/form-data"}  # text of any script at its own length
    helper.disable_csrf = True
    helper.layout = Layout(*pieces)
    return helper


_SUBMISSION = Piece("site/idempotency_key.html")
_SEND_TIP = Piece("tips/_send_tip.html")

_FIRST: Sequence[Question] = (
    Question("what_happened", kind="tall"),
    Question("danger_now"),
    Question("under_18", phrase="word-child"),
    Question("district", "place", legend=gettext_lazy("Where?")),
)
_RELATION = Question("relation", columns=2)
_MORE: Sequence[Question] = (
    Question("first_hand"),
    Question("signs", columns=2),
    Question("when"),
    Question("people_harmed", phrase="word-how-many"),
    Question("people_responsible"),
    Question("vehicles_phones_online"),
    Question("official_involved", columns=1),
    Question("reported_before"),
    Question("may_share"),
    Question("answer_language"),
    Question(
        "contact_name",
        "contact_details",
        "contact_safely",
        legend=gettext_lazy("How can we reach you?"),
        hint=gettext_lazy(
            "Leave this empty to stay unknown. Our answer waits here under your code."
        ),
    ),
)
FOLDED = ("relation", *(name for question in _MORE for name in question.names))


def _tip(*, is_for_self: bool) -> FormHelper:
    """The tip form; what it is about is asked first of whoever says that it is about them."""
    folded = _MORE if is_for_self else (_RELATION, *_MORE)
    return _helper(
        _SUBMISSION,
        Piece("site/honeypot.html"),
        *([_RELATION] if is_for_self else []),
        IfTicked(Question("plea")),
        *_numbered(_FIRST, 1),
        _SEND_TIP,
        More(*_numbered(folded, 1 + len(_FIRST)), Piece("tips/_send_button.html")),
        action="tips:report",
    )


TIP = _tip(is_for_self=False)
TIP_FOR_SELF = _tip(is_for_self=True)
CODE = _helper(
    Question("code", kind="code"), Piece("tips/_open_button.html"), action="tips:follow_up"
)
_ADD = (
    Question("message", kind="tight"),
    Piece("tips/_danger_tick.html"),
    Piece("tips/_photos_field.html"),
    Piece("tips/_send_button.html"),
)
FOLLOW_UP = _helper(_SUBMISSION, Piece("site/hidden_code.html"), *_ADD, action="tips:follow_up")
# Where the code that came is not (or may not be) known: it is asked for along with the words.
FOLLOW_UP_WITH_CODE = _helper(
    _SUBMISSION, Question("code", kind="code"), *_ADD, action="tips:follow_up"
)
