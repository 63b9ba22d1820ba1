"""What the public reads: items and their texts, the numbers to call, the hours, the notices."""

from campaign.models.items import (
    Item,
    Language,
    Milestone,
    Notice,
    Page,
    Provision,
    Question,
    ReplyText,
    Sign,
    TraffickingType,
)
from campaign.models.numbers import Closure, Contact, OpeningHours, address
from campaign.models.texts import Text, TextQuerySet

__all__ = [
    "Closure",
    "Contact",
    "Item",
    "Language",
    "Milestone",
    "Notice",
    "OpeningHours",
    "Page",
    "Provision",
    "Question",
    "ReplyText",
    "Sign",
    "Text",
    "TextQuerySet",
    "TraffickingType",
    "address",
]
