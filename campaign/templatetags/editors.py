"""Template tags of the editors' screens."""

from django import template
from django.utils.safestring import SafeString

from campaign.admin.words import mark, state_of
from campaign.models import Text

register = template.Library()


@register.simple_tag
def state(text: Text | None) -> SafeString:
    """The state of a text as a shape and a word."""
    return mark(state_of(text))
