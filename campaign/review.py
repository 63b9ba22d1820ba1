"""Which texts somebody has to read, in the order in which it matters, and the reading itself."""

from collections import Counter
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from campaign import changes
from campaign.models import CREOLES, Phrase, ReplyText, Text
from slu_antitrafficking.refusal import Refused

SAFE_PAGES = ("get-help", "card")
# Sentences for answers in languages that nobody who works on this site speaks: until somebody has
# read them, whoever needs them is answered in English.
UNHEARD = Q(item__family="reply", language__in=CREOLES)
# The first that fits: what nobody has heard, such as what is said on the telephone as a machine
# spelled it; then where a wrong word costs most, whom to call, what to show, what to do; what a
# reader meets on the way to telling us; the rest.
RANKS = (
    (0, Q(item__phrase__use=Phrase.Use.CALL)),
    (0, UNHEARD & Q(item__replytext__group=ReplyText.Group.SAFE)),
    (1, Q(item__family="contact") | Q(item__phrase__use=Phrase.Use.CARD)),
    (1, Q(item__page__slug__in=SAFE_PAGES) | Q(item__page__on__slug__in=SAFE_PAGES)),
    (1, Q(item__question__on__slug__in=SAFE_PAGES)),
    (1, Q(item__replytext__group=ReplyText.Group.SAFE)),
    (2, Q(item__family__in=("notice", "reply", "phrase")) | Q(item__sign__on_form=True)),
    (2, Q(item__page__slug__in=("contact", "privacy"))),
    (2, Q(item__page__on__slug__in=("contact", "privacy"))),
)
PARTS = {
    "title": "title",
    "summary": "summary",
    "body": "body",
    "picture_words": "what the picture shows",
}
RANK_NAMES = (
    "Never heard or read by anybody",
    "Safety first",
    "On the way to telling us",
    "The rest",
)
REST = 3
CHANGED = "The words changed since you opened this page. Read them again; nothing was done."


def waiting(language: str = "") -> QuerySet[Text]:
    """Drafts, machine-written and outdated texts, those first on which somebody's safety hangs."""
    texts = Text.objects.filter(~Q(state=Text.State.REVIEWED) | Q(outdated=True)).exclude(title="")
    if language:
        texts = texts.filter(language=language)
    cases = (When(condition, then=Value(rank)) for rank, condition in RANKS)
    rank = Case(*cases, default=Value(REST), output_field=IntegerField())
    return (
        texts.annotate(rank=rank, is_heard=Case(When(UNHEARD, then=Value(0)), default=Value(1)))
        .select_related("item__contact")
        .order_by("rank", "is_heard", "item__family", "item__position", "item__slug", "language")
    )


def counts() -> dict[str, int]:
    """The number of texts that wait, by language."""
    return dict(Counter(waiting().order_by().values_list("language", flat=True)))


def english_of(text: Text) -> Text | None:
    """The English text of the same item. Wants the item's texts prefetched where there are many."""
    return next((one for one in text.item.texts.all() if one.language == "en"), None)


def lacks(text: Text) -> list[str]:
    """The parts that the English has and this text has not."""
    english = english_of(text)
    names = [name for name in Text.WORDS if getattr(english, name)] if english else ["title"]
    return [PARTS[name] for name in names if not getattr(text, name)]


def fingerprint(text: Text) -> str:
    """16 hex digits that change with every word of the text or of its English."""
    english = english_of(text)
    words = [getattr(one, name) for one in (english, text) if one for name in Text.WORDS]
    return sha256("\0".join(words).encode()).hexdigest()[:16]


@transaction.atomic
def mark(*, text: Text, seen: str, by: str) -> changes.Outcome:
    """Marks the text as read. Raises Refused when it is not what was seen, or incomplete."""
    changes.lock()
    text = Text.objects.select_related("item").get(pk=text.pk)
    if fingerprint(text) != seen:
        raise Refused(CHANGED)
    if missing := lacks(text):
        raise Refused(f"It is not complete: {', '.join(missing)} is missing.")
    try:
        return changes.review(text, by=by)
    except ValidationError as refusal:
        raise Refused(" ".join(refusal.messages)) from None
