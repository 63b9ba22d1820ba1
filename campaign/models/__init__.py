"""What the public reads: items and their texts, the numbers to call, the hours, the notices."""

from campaign.models.items import (
    CREOLES,
    Item,
    Language,
    Material,
    Milestone,
    Notice,
    Page,
    Phrase,
    Provision,
    Question,
    ReplyText,
    Sign,
    TraffickingType,
)
from campaign.models.numbers import Closure, Contact, OpeningHours, address
from campaign.models.pictures import Picture
from campaign.models.texts import Text

# What the public reads, and what a release brings of it; notices and replies are the editors' own.
KINDS: dict[str, type[Item]] = {
    kind.FAMILY: kind
    for kind in (
        Contact,
        Page,
        Question,
        TraffickingType,
        Sign,
        Provision,
        Milestone,
        Material,
        Phrase,
    )
}

__all__ = [
    "CREOLES",
    "KINDS",
    "Closure",
    "Contact",
    "Item",
    "Language",
    "Material",
    "Milestone",
    "Notice",
    "OpeningHours",
    "Page",
    "Phrase",
    "Picture",
    "Provision",
    "Question",
    "ReplyText",
    "Sign",
    "Text",
    "TraffickingType",
    "address",
]
