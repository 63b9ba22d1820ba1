"""Changes of items: saved at once, or asked for until a second person confirms or drops them."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.utils import timezone

from campaign import desk_items, picture_cutting, second_person
from campaign.item_content import ItemContent
from campaign.loaded import fill
from campaign.models import (
    FAMILIES,
    AllowedTarget,
    Contact,
    Item,
    Language,
    PendingChange,
    Text,
    pending_of,
)
from campaign.picture_cutting import CutPicture
from slu_antitrafficking.refusal import Refused

CHANGED_MEANWHILE = "It was changed meanwhile. Look at it again; nothing was done."
NOT_YOU = "A second person has to confirm it: you are one of those who asked for it."
TOO_CLOSE = (
    "A second person has to confirm it: you or {} gave the other access to the desk within the"
    " last seven days."
)


@dataclass(frozen=True)
class Difference:
    """What turns one content of an item into another: columns, and by language parts of texts."""

    values: dict[str, Any]
    texts: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Outcome:
    """The change that waits now, if one does, and whether this made it another than before."""

    pending: PendingChange | None
    is_asked_anew: bool


@transaction.atomic
def save(item: Item, wanted: ItemContent, *, by: str, picture: CutPicture | None = None) -> Outcome:
    """Saves the item as wanted, or asks for that; a new one is made hidden if it waits."""
    lock()
    before, pending = stored(item), pending_of(item)
    reasons = second_person.reasons(before, wanted, second_person.known_targets())
    if reasons or picture or hasattr(pending, "picture"):
        apply(item, difference(before, _hidden_part(before, wanted)), by=by)
        return _ask(item, wanted, by=by, picture=picture)
    if pending:
        pending.delete()
    apply(item, difference(before, wanted), by=by)
    return Outcome(None, is_asked_anew=False)


def review(text: Text, *, by: str) -> Outcome:
    """Somebody read these words, and they are right; a draft shows from now on, or asks for that.

    Wants the items locked before the text was read. Raises ValidationError for words that may not
    stand.
    """
    item = text.item
    before, pending = stored(item), pending_of(item)
    after = _with_state(before, text.language, Text.State.REVIEWED)
    if second_person.reasons(before, after, second_person.known_targets()):
        wanted = _with_state(overlaid(item, pending), text.language, Text.State.REVIEWED)
        return _ask(item, wanted, by=by, picture=None)
    text.state, text.outdated = Text.State.REVIEWED, False
    text.state_by, text.state_at = by, timezone.now()
    text.save()
    return Outcome(None, is_asked_anew=False)


@transaction.atomic
def confirm(item: Item, *, seen: str, by: str, may_confirm: Collection[str]) -> PendingChange:
    """Makes what a second person looked at show from now on.

    `may_confirm` names the accounts that are independent of everybody who asked. Raises Refused
    when `by` is none of them, when the item is not as it was seen, for words that may not stand.
    """
    pending = _waiting(item, seen)
    if by in pending.asked_by:
        raise Refused(NOT_YOU)
    if by not in may_confirm:
        raise Refused(TOO_CLOSE.format(pending.askers))
    before, after = stored(item), overlaid(item, pending)
    try:
        apply(item, Difference(pending.values, pending.texts), by=f"{pending.askers}, {by}"[:150])
    except ValidationError as refusal:
        raise Refused(" ".join(refusal.messages)) from None
    except ObjectDoesNotExist:  # what it names was deleted
        raise Refused(CHANGED_MEANWHILE) from None
    for target in second_person.targets(after) - second_person.known_targets():
        if len(target) <= AllowedTarget.LONGEST:  # a longer one waits each time
            AllowedTarget.objects.get_or_create(target=target, defaults={"allowed_by": by})
    if second_person.is_new_number(before, after):
        Contact.objects.filter(pk=item.pk).update(confirmed_on=timezone.localdate())
    if hasattr(pending, "picture"):
        picture_cutting.show(pending.picture, item)
    pending.delete()
    return pending


@transaction.atomic
def drop(item: Item, *, seen: str) -> None:
    """Deletes the change that waits; what shows goes on showing.

    Raises Refused when none waits, or another one than `seen` names.
    """
    _waiting(item, seen).delete()


def may_vanish(item: Item) -> bool:
    """Whether nobody else has to be asked before the item goes."""
    before = stored(item)
    after = replace(before, values={**before.values, "published": False})
    return not second_person.reasons(before, after, ())


def fingerprint(item: Item, pending: PendingChange) -> str:
    """32 hex digits that change with everything that a second person looks at."""
    before = stored(item)
    columns = {name: before.values[name] for name in FAMILIES[item.family].RELEASE_FIELDS}
    picture = pending.picture.digest if hasattr(pending, "picture") else ""
    whole = [columns, before.texts, pending.values, pending.texts, picture]
    return sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:32]


def stored(item: Item) -> ItemContent:
    """The item as its rows are now; before there are any, one that does not show."""
    if item.pk is None:
        values = type(item)().page_values() | {"published": False}
        return ItemContent(item.FAMILY, item.slug, values, {})
    row = FAMILIES[item.family].complete().prefetch_related("texts").get(pk=item.pk)
    return desk_items.content_of(row, None)


def overlaid(item: Item, pending: PendingChange | None) -> ItemContent:
    """The item as it will be once what waits is confirmed."""
    content = stored(item)
    if pending is None:
        return content
    words = {code: {**content.texts.get(code, {}), **text} for code, text in pending.texts.items()}
    values = {**content.values, **pending.values}
    return replace(content, values=values, texts={**content.texts, **words})


def difference(before: ItemContent, after: ItemContent) -> Difference:
    """What changes from one to the other: columns that a release may set, and parts of texts."""
    fields = FAMILIES[after.family].RELEASE_FIELDS
    return Difference(
        {name: after.values[name] for name in fields if before.values[name] != after.values[name]},
        {
            code: parts
            for code, text in after.texts.items()
            if (parts := _changed(before.texts.get(code, {}), text))
        },
    )


def apply(item: Item, change: Difference, *, by: str) -> None:
    """Writes it into the item's rows. Raises ValidationError for a text that may not stand."""
    row = FAMILIES[item.family].complete().get(pk=item.pk) if item.pk else item
    if row.pk is None:
        row.published = False  # as `stored` has it
    if change.values or row.pk is None:
        many = fill(row, change.values, lambda kind, slug: kind._default_manager.get(slug=slug))
        row.save()
        for name, rows in many.items():
            getattr(row, name).set(rows)
    # English first: it makes the others outdated.
    for code in sorted(change.texts, key=lambda code: code != Language.EN):
        _apply_text(row, code, change.texts[code], by)


def _apply_text(item: Item, code: str, parts: Mapping[str, str], by: str) -> None:
    text = item.texts.filter(language=code).first() or Text(item=item, language=code)
    for name, value in parts.items():
        setattr(text, name, value)
    if "state" in parts:
        text.outdated = False
    text.state_by, text.state_at = by, timezone.now()
    text.save()


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in after.items() if before.get(name, "") != value}


def _hidden_part(before: ItemContent, wanted: ItemContent) -> ItemContent:
    """What can be there while the change waits, as none of it shows: new texts, as drafts."""
    draft = {"state": Text.State.DRAFT.value}
    new = {code: text for code, text in wanted.texts.items() if code not in before.texts}
    return replace(before, texts={code: {**text, **draft} for code, text in new.items()})


def _with_state(item: ItemContent, code: str, state: str) -> ItemContent:
    return replace(item, texts={**item.texts, code: {**item.texts[code], "state": state}})


def _ask(item: Item, wanted: ItemContent, *, by: str, picture: CutPicture | None) -> Outcome:
    """Stores the change that waits; everybody who had a part in it is one of its askers."""
    pending = pending_of(item) or PendingChange(item_id=item.pk)
    change = difference(stored(item), wanted)
    is_same = (pending.values, pending.texts) == (change.values, change.texts)
    is_asked_anew = not (pending.pk and is_same and picture is None)
    if is_asked_anew:
        pending.values, pending.texts = change.values, change.texts
        pending.asked_by = [*dict.fromkeys((*pending.asked_by, by))]
        pending.save()
    if picture:
        picture_cutting.store(picture, pending)
    return Outcome(pending, is_asked_anew)


def _waiting(item: Item, seen: str) -> PendingChange:
    """The change that waits, locked; raises Refused if it is not the one that was seen."""
    lock()
    pending = pending_of(item)
    if pending is None or fingerprint(item, pending) != seen:
        raise Refused(CHANGED_MEANWHILE)
    return pending


def lock() -> None:
    """Until the transaction ends, nobody else changes an item here.

    All of them: two halves of a number are judged by what stands beside each other.
    """
    len(Item.objects.select_for_update().order_by("pk").values_list("pk"))
