"""An item with all its words, wherever they come from: a release, the database or a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PictureSource:
    """Where the three versions of a picture are to be had, and the large one's size in px."""

    small: str
    large: str
    fallback: str
    width: int
    height: int


@dataclass(frozen=True)
class ItemContent:
    """An item's columns as JSON holds them, and its texts by language.

    A text has title, summary, body and state, and picture_words where there can be a picture.
    """

    family: str
    slug: str
    values: Mapping[str, Any]
    texts: Mapping[str, Mapping[str, str]]
    picture: PictureSource | None = None
