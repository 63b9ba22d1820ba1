"""What the public reads: items and their texts, the numbers to call, the hours, the notices."""

from campaign.models.contacts import Contact, href_of
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
from campaign.models.office_hours import Closure, OpeningHours
from campaign.models.pending import AllowedTarget, PendingChange, pending_of
from campaign.models.pictures import Picture
from campaign.models.published import PublishedItem, PublishedPicture
from campaign.models.texts import Text

# What stands on the pages, and comes with a release; notices are the editors' own.
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

# Every kind of item by its family.
FAMILIES: dict[str, type[Item]] = {**KINDS, Notice.FAMILY: Notice, ReplyText.FAMILY: ReplyText}

__all__ = [
    "CREOLES",
    "FAMILIES",
    "KINDS",
    "AllowedTarget",
    "Closure",
    "Contact",
    "Item",
    "Language",
    "Material",
    "Milestone",
    "Notice",
    "OpeningHours",
    "Page",
    "PendingChange",
    "Phrase",
    "Picture",
    "Provision",
    "PublishedItem",
    "PublishedPicture",
    "Question",
    "ReplyText",
    "Sign",
    "Text",
    "TraffickingType",
    "href_of",
    "pending_of",
]
