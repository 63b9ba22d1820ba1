"""What stands beside an item where readers see it: a number can be split over two blocks."""

from collections.abc import Iterator

from django.db.models import Q

from campaign import desk_items
from campaign.item_content import ItemContent
from campaign.models import FAMILIES

ON_PAGES = ("page", "question")
# The column by which a family's items come in several lists.
LIST_BY = {"sign": "group", "provision": "law"}
# Families of which pages pick some, so that others stand beside each other there.
WITH_SIGNS = ("type", "material", "sign")
PICKED_FROM = {**dict.fromkeys(WITH_SIGNS, WITH_SIGNS), "milestone": ("milestone",)}

Place = tuple[str, str]


def lists(
    before: ItemContent, after: ItemContent
) -> Iterator[tuple[list[ItemContent], list[ItemContent]]]:
    """Every list that one of the two can stand in, in the page's order: as it is, as it will be."""
    others = [item for item in _beside(before, after) if not _is_same(item, after)]
    for place in dict.fromkeys((_place(before), _place(after))):
        there = [item for item in others if _place(item) == place]
        yield (
            sorted([*there, *(item for item in [before] if _place(item) == place)], key=_order),
            sorted([*there, *(item for item in [after] if _place(item) == place)], key=_order),
        )
    if after.family in PICKED_FROM:
        was, will = _picked([*others, before]), _picked([*others, after])
        for page in dict.fromkeys((*was, *will)):
            items_before, items_after = was.get(page, []), will.get(page, [])
            if before in items_before or after in items_after:  # all others stay as they are
                yield items_before, items_after


def _beside(before: ItemContent, after: ItemContent) -> list[ItemContent]:
    """All published items that may stand with one of the two, wherever they stand."""
    if after.family in ON_PAGES:
        pages = {_place(item)[1] for item in (before, after)}
        there = Q(on__slug__in=pages)
        whole = Q(on=None, slug__in=pages)
        return [*_published("page", there | whole), *_published("question", there)]
    families = PICKED_FROM.get(after.family, (after.family,))
    return [item for family in families for item in _published(family, Q())]


def _published(family: str, where: Q) -> list[ItemContent]:
    rows = desk_items.published(FAMILIES[family]).filter(where)
    return [desk_items.content_of(item, None) for item in rows]


def _picked(items: list[ItemContent]) -> dict[Place, list[ItemContent]]:
    """What pages show of these, by page: a type's signs, a sheet's, the home page's milestones."""
    ordered = sorted(items, key=_order)
    signs = [item for item in ordered if item.family == "sign"]
    strong_first = sorted(signs, key=_is_weak)
    lists = {
        ("type", page.slug): [
            page,
            *(sign for sign in strong_first if page.slug in sign.values.get("types", ())),
            *(sign for sign in signs if not (sign.values.get("types") or _is_weak(sign))),
        ]
        for page in ordered
        if page.family == "type"
    }
    lists |= {
        ("material", page.slug): [
            page,
            *(sign for sign in strong_first if sign.slug in page.values.get("signs", ())),
        ]
        for page in ordered
        if page.family == "material"
    }
    return lists | {("home", ""): [item for item in ordered if item.values.get("home")]}


def _is_weak(sign: ItemContent) -> bool:
    return bool(sign.values.get("strength") != "strong")


def _place(item: ItemContent) -> Place:
    if item.family in ON_PAGES:
        return "page", item.values.get("on") or item.slug
    return item.family, item.values.get(LIST_BY.get(item.family, ""), "")


def _is_same(item: ItemContent, other: ItemContent) -> bool:
    return (item.family, item.slug) == (other.family, other.slug)


def _order(item: ItemContent) -> tuple[int, str, int, str]:
    """The page before its blocks, these before its questions; milestones by their day."""
    rank = 2 if item.family == "question" else 1 if item.values.get("on") else 0
    return rank, item.values.get("when", ""), item.values["position"], item.slug
