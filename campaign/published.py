"""Reads what is published, by the views that the public role may read."""

from typing import Any

from campaign import picture_serving
from campaign.hours import Hours
from campaign.item_content import ItemContent, PictureSource
from campaign.models import Closure, OpeningHours, PublishedItem, PublishedPicture


def items() -> list[ItemContent]:
    """Every published item with the texts that show."""
    rows = PublishedPicture.objects.values_list("item_id", "digest", "width", "height")
    pictures = {item: picture_serving.source(digest, w, h) for item, digest, w, h in rows}
    return [_content(row, pictures.get(row.pk)) for row in PublishedItem.objects.all()]


def hours() -> Hours:
    """The week and the closures, without what editors note beside them."""
    week: list[Any] = [None] * 7
    for day, opens, closes in OpeningHours.objects.values_list("day", "opens", "closes"):
        week[day] = (opens, closes) if opens and closes else None
    return Hours(tuple(week), tuple(Closure.objects.values_list("first_day", "last_day")))


def _content(row: PublishedItem, picture: PictureSource | None) -> ItemContent:
    return ItemContent(row.family, row.slug, row.values, row.texts, picture)
