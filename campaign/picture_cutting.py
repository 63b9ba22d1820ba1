"""Pictures of the site: cut in the confined child, kept in the database."""

import re
from dataclasses import dataclass
from hashlib import sha256

from campaign.models import Item, PendingChange, Picture
from slu_antitrafficking import sandbox


@dataclass(frozen=True)
class CutPicture:
    """A picture ready for a page: width and height of the large version in px, three files."""

    width: int
    height: int
    small: bytes
    large: bytes
    fallback: bytes


def cut(raw: bytes) -> CutPicture | None:
    """New pixels without anything else, in three versions; None where it cannot be read."""
    try:
        frames = list(sandbox.frames(sandbox.ask([raw], "site")))
    except OSError:  # no memory, process or turn to be had
        return None
    if len(frames) != 4 or not re.fullmatch(rb"\d{1,4} \d{1,4}", frames[0]):
        return None
    width, height = map(int, frames[0].split())
    return CutPicture(width, height, *frames[1:])


def store(picture: CutPicture, pending: PendingChange) -> None:
    """Stores the picture with the change that waits, in the place of an earlier one."""
    item = str(pending.item_id).encode()
    whole = b"".join((item, picture.small, picture.large, picture.fallback))
    columns = {name: getattr(picture, name) for name in CutPicture.__dataclass_fields__}
    # One that shows and one that waits may be the same picture.
    columns["digest"] = sha256(whole + str(pending.pk).encode()).hexdigest()[:32]
    Picture.objects.update_or_create(pending=pending, defaults=columns)


def show(picture: Picture, item: Item) -> None:
    """Makes the picture that waited the item's, in the place of the one before."""
    Picture.objects.filter(item=item).delete()
    Picture.objects.filter(pk=picture.pk).update(item=item, pending=None)
