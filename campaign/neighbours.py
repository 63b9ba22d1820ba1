"""What stands beside an item where readers see it: a number can be split over two blocks."""

from collections.abc import Iterable, Iterator

from django.db.models import Q

from campaign import desk_items
from campaign.item_content import ItemContent
from campaign.models import FAMILIES, Item

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
    for place in dict.fromkeys((_place(before), _place(after))):
        others = [item for item in _stored(place) if not _is_same(item, after)]
        yield (
            sorted([*others, *(item for item in [before] if _place(item) == place)], key=_order),
            sorted([*others, *(item for item in [after] if _place(item) == place)], key=_order),
        )
    if families := PICKED_FROM.get(after.family):
        others = [item for item in _published(families) if not _is_same(item, after)]
        was, will = _picked([*others, before]), _picked([*others, after])
        for page in dict.fromkeys((*was, *will)):
            items_before, items_after = was.get(page, []), will.get(page, [])
            if before in items_before or after in items_after:  # all others stay as they are
                yield items_before, items_after


def _stored(place: Place) -> list[ItemContent]:
    return _published(("page", "question") if place[0] == "page" else (place[0],), place[1])


def _published(families: Iterable[str], name: str | None = None) -> list[ItemContent]:
    """All published items of the families, or those that stand in their list of this name."""
    items: list[Item] = [
        item
        for family in families
        for item in FAMILIES[family]
        .complete()
        .filter(Q() if name is None else _stand_in(family, name), published=True)
        .prefetch_related("texts")
    ]
    return [desk_items.content_of(item, None) for item in items]


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


def _stand_in(family: str, name: str) -> Q:
    """Which items of the family stand in the list of this name; see _place."""
    if family == "page":
        return Q(on=None, slug=name) | Q(on__slug=name)
    if family == "question":
        return Q(on__slug=name)
    return Q((LIST_BY[family], name)) if family in LIST_BY else Q()


def _place(item: ItemContent) -> Place:
    if item.family in ("page", "question"):
        return "page", item.values.get("on") or item.slug
    return item.family, item.values.get(LIST_BY.get(item.family, ""), "")


def _is_same(item: ItemContent, other: ItemContent) -> bool:
    return (item.family, item.slug) == (other.family, other.slug)


def _order(item: ItemContent) -> tuple[int, str, int, str]:
    """The page before its blocks, these before its questions; milestones by their day."""
    rank = 2 if item.family == "question" else 1 if item.values.get("on") else 0
    return rank, item.values.get("when", ""), item.values["position"], item.slug
