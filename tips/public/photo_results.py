"""What became of the photos of one sending, said by their place, never by their name."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tips.public import photos
from tips.public.photos import Lost
from tips.public.uploads import SentPhoto


@dataclass(frozen=True)
class PhotoResults:
    """The photos that can be kept, as they came and cleaned, and the places of all."""

    raw: tuple[bytes, ...] = ()
    clean: tuple[bytes, ...] = ()
    arrived: tuple[int, ...] = ()
    unreadable: tuple[int, ...] = ()
    no_time: tuple[int, ...] = ()
    too_big: tuple[int, ...] = ()
    too_many: tuple[int, ...] = ()

    @property
    def sent(self) -> int:
        """How many were chosen."""
        lost = (self.unreadable, self.no_time, self.too_big, self.too_many)
        return len(self.arrived) + sum(map(len, lost))

    def summary(self) -> str:
        """How many arrived, in one sentence."""
        if not self.arrived:
            return _("No photo arrived")
        if len(self.arrived) == self.sent:
            return ngettext("Your photo arrived", "All %(count)s photos arrived", self.sent) % {
                "count": self.sent
            }
        counts = {"count": len(self.arrived), "sent": self.sent}
        sentence = ngettext(
            "%(count)s of %(sent)s photos arrived",
            "%(count)s of %(sent)s photos arrived",
            counts["count"],
        )
        return sentence % counts

    def problems(self) -> list[str]:
        """A sentence for each kind of trouble: which photos, why, and what to do."""
        unreadable = ngettext(
            "Photo %(places)s could not be read. It may be damaged, or not a photo. "
            "Send it once more, or a screenshot of it.",
            "Photos %(places)s could not be read. They may be damaged, or not photos. "
            "Send them once more, or screenshots of them.",
            len(self.unreadable),
        )
        no_time = ngettext(
            "We had no time for photo %(places)s, and it is not stored. Send it again in some "
            "minutes; if that fails too, send a screenshot of it.",
            "We had no time for photos %(places)s, and they are not stored. Send them again in "
            "some minutes; if that fails too, send screenshots of them.",
            len(self.no_time),
        )
        too_big = ngettext(
            "Photo %(places)s is too large: up to 10 MB a photo and 30 MB together. "
            "Send a screenshot of it.",
            "Photos %(places)s are too large: up to 10 MB a photo and 30 MB together. "
            "Send them one by one, or screenshots of them.",
            len(self.too_big),
        )
        too_many = ngettext(
            "Photo %(places)s was not taken: five go at a time. Send it next.",
            "Photos %(places)s were not taken: five go at a time. Send them next.",
            len(self.too_many),
        )
        kinds = (
            (unreadable, self.unreadable),
            (no_time, self.no_time),
            (too_big, self.too_big),
            (too_many, self.too_many),
        )
        return [said % {"places": _places(places)} for said, places in kinds if places]


def clean(sent: Sequence[SentPhoto]) -> PhotoResults:
    """Cleans what came within the limits; nothing here ever fails a sending."""
    places = {kind: _where(sent, kind) for kind in ("", "too_big", "too_many")}
    raw = [sent[place - 1].raw for place in places[""]]
    done = list(zip(places[""], raw, photos.clean(raw), strict=True))
    readable = [(place, before, after) for place, before, after in done if isinstance(after, bytes)]
    lost = {why: tuple(place for place, _, after in done if after is why) for why in Lost}
    return PhotoResults(
        raw=tuple(before for _place, before, _after in readable),
        clean=tuple(after for _place, _before, after in readable),
        arrived=tuple(place for place, _before, _after in readable),
        unreadable=lost[Lost.UNREADABLE],
        no_time=lost[Lost.NO_TIME],
        too_big=places["too_big"],
        too_many=places["too_many"],
    )


def _where(sent: Sequence[SentPhoto], dropped: str) -> tuple[int, ...]:
    return tuple(place for place, photo in enumerate(sent, 1) if photo.dropped == dropped)


def _places(places: Sequence[int]) -> str:
    return str(get_text_list([str(place) for place in places], _("and")))
