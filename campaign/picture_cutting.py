"""Pictures of the site: cut in the confined child, kept in the database."""

import re
from dataclasses import dataclass
from hashlib import sha256

from campaign.models import Item, PendingChange, Picture
from slu_antitrafficking import sandbox
from slu_antitrafficking.refusal import Refused

KINDS = "JPEG, PNG, HEIC, WebP, AVIF or GIF"
DAMAGED = "This picture is damaged: part of it is missing or wrong."
# By the photo worker's words.
REASONS = {
    b"unknown_kind": f"This file cannot be read as a {KINDS} picture.",
    b"too_many_pixels": "This picture has more pixels than we can open. Make it smaller.",
}


@dataclass(frozen=True)
class CutPicture:
    """A picture ready for a page: width and height of the large version in px, three files."""

    width: int
    height: int
    small: bytes
    large: bytes
    fallback: bytes


def cut(raw: bytes) -> CutPicture:
    """New pixels without anything else, in three versions. Raises Refused where there is none."""
    try:
        frames = list(sandbox.frames(sandbox.ask([raw], "site")))
    except OSError:  # no memory, process or turn to be had
        frames = []
    if not frames:
        raise Refused("We had no time for this picture. Send it again in some minutes.")
    if len(frames) != 4 or not re.fullmatch(rb"\d{1,4} \d{1,4}", frames[0]):
        raise Refused(REASONS.get(frames[0], DAMAGED))
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
