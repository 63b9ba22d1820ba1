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
    damaged: tuple[int, ...] = ()
    unknown_kind: tuple[int, ...] = ()
    too_many_pixels: tuple[int, ...] = ()
    no_time: tuple[int, ...] = ()
    too_big: tuple[int, ...] = ()
    too_many: tuple[int, ...] = ()

    @property
    def sent(self) -> int:
        """How many were chosen."""
        return len(self.arrived) + sum(len(places) for _said, places in self._lost())

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
        return [said % {"places": _places(places)} for said, places in self._lost() if places]

    def _lost(self) -> list[tuple[str, tuple[int, ...]]]:
        """Each kind of trouble, as its sentence and the photos that had it."""
        damaged = ngettext(
            "Photo %(places)s is damaged: part of it is missing or wrong. "
            "Send it once more, or a screenshot of it.",
            "Photos %(places)s are damaged: parts of them are missing or wrong. "
            "Send them once more, or screenshots of them.",
            len(self.damaged),
        )
        unknown_kind = ngettext(
            "Photo %(places)s is a kind of file that we cannot read. We can read JPEG, PNG, HEIC, "
            "WebP, AVIF and GIF. Send a screenshot of it.",
            "Photos %(places)s are kinds of files that we cannot read. We can read JPEG, PNG, "
            "HEIC, WebP, AVIF and GIF. Send screenshots of them.",
            len(self.unknown_kind),
        )
        too_many_pixels = ngettext(
            "Photo %(places)s is not damaged, but has more pixels than we can open. "
            "Send a screenshot of it.",
            "Photos %(places)s are not damaged, but have more pixels than we can open. "
            "Send screenshots of them.",
            len(self.too_many_pixels),
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
        return [
            (damaged, self.damaged),
            (unknown_kind, self.unknown_kind),
            (too_many_pixels, self.too_many_pixels),
            (no_time, self.no_time),
            (too_big, self.too_big),
            (too_many, self.too_many),
        ]


def clean(sent: Sequence[SentPhoto]) -> PhotoResults:
    """Cleans what came within the limits; nothing here ever fails a sending."""
    places = {kind: _where(sent, kind) for kind in ("", "too_big", "too_many")}
    raw = [sent[place - 1].raw for place in places[""]]
    done = list(zip(places[""], raw, photos.clean(raw), strict=True))
    readable = [(place, before, after) for place, before, after in done if isinstance(after, bytes)]
    lost = {why.value: tuple(place for place, _, after in done if after is why) for why in Lost}
    return PhotoResults(
        raw=tuple(before for _place, before, _after in readable),
        clean=tuple(after for _place, _before, after in readable),
        arrived=tuple(place for place, _before, _after in readable),
        too_big=places["too_big"],
        too_many=places["too_many"],
        **lost,
    )


def _where(sent: Sequence[SentPhoto], dropped: str) -> tuple[int, ...]:
    return tuple(place for place, photo in enumerate(sent, 1) if photo.dropped == dropped)


def _places(places: Sequence[int]) -> str:
    return str(get_text_list([str(place) for place in places], _("and")))
