"""Template tags of the editors' screens."""

from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from campaign import due, review
from campaign.labels import label, mark, state_of, words_of_state
from campaign.models import Item, Language, Text

register = template.Library()


@register.simple_tag
def state(text: Text | None) -> SafeString:
    """The state of a text as a shape and a word."""
    return mark(state_of(text), words_of_state(text))


@register.filter
def name(item: Item) -> str:
    """An item by its English title."""
    return label(item)


@register.inclusion_tag("admin/campaign/_work.html")
def editors_work() -> dict[str, Any]:
    """What waits for an editor, on the start page and over the site's lists."""
    counts = review.counts()
    return {
        "due": due.counts(timezone.localdate()),
        "reviews": [(code, Language(code).label, counts[code]) for code in counts],
        "total": sum(counts.values()),
    }
