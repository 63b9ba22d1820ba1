"""Items as the desk has them, drafts included: for previews, by the desk's own rights."""

from base64 import b64encode
from dataclasses import replace
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet

from campaign.item_content import ItemContent, PictureSource
from campaign.models import KINDS, Item, Notice, Picture, Text
from campaign.picture_cutting import CutPicture


def items() -> list[ItemContent]:
    """Every published item with all its texts, drafts included, and its picture inline."""
    kinds: list[type[Item]] = [*KINDS.values(), Notice]
    rows = [item for kind in kinds for item in published(kind)]
    pictures = {one.item_id: one for one in Picture.objects.exclude(item=None)}
    return [content_of(row, pictures.get(row.pk)) for row in rows]


def published(kind: type[Item]) -> QuerySet[Any]:
    """Every published item of a kind, complete but for what the release wrote."""
    texts = Prefetch("texts", Text.objects.defer("loaded"))
    return kind.complete().filter(published=True).defer("loaded").prefetch_related(texts)


def content_of(item: Item, picture: Picture | None) -> ItemContent:
    """The item's rows as content. Wants its texts prefetched where there are many."""
    texts = {text.language: text.plain() for text in item.texts.all()}
    source = inline(picture) if picture else None
    return ItemContent(item.family, item.slug, item.page_values(), texts, source)


def with_picture(content: ItemContent, item: Item) -> ItemContent:
    """The content with the item's picture, the one that waits before the one that shows."""
    pictures = Picture.objects.filter(Q(item_id=item.pk) | Q(pending__item_id=item.pk))
    picture = pictures.order_by(F("pending").asc(nulls_last=True)).first()
    return replace(content, picture=inline(picture)) if picture else content


def inline(picture: Picture | CutPicture) -> PictureSource:
    """A picture inside the page itself: the desk's door has no public addresses."""
    return PictureSource(
        small=_data(picture.small, "webp"),
        large=_data(picture.large, "webp"),
        fallback=_data(picture.fallback, "jpeg"),
        width=picture.width,
        height=picture.height,
    )


def _data(raw: bytes | memoryview, kind: str) -> str:
    return f"data:image/{kind};base64,{b64encode(raw).decode()}"
