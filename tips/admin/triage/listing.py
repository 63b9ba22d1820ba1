"""A list of the queue as somebody asked for it: a tab, what it is narrowed by, and how far."""

from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.http import QueryDict
from django.utils import timezone

from tips.admin.triage import filters
from tips.admin.triage.filters import NarrowForm
from tips.models import Event, Officer, Tip, TipQuerySet
from tips.models.queue_order import Place, page

FIRST_TAB = "take"
OF_LIST = (
    *("reference", "received_at", "channel", "district", "types", "under_18", "for_self"),
    *("language", "urgency", "restricted", "set_aside", "status", "outcome", "turn_cause"),
    *("turn_until", "since", "closed_on", "owner__username"),
)


class Listing:
    """One list of one officer's queue; what an address does not say rightly counts as not said.

    Its pages are read as of the moment of the first one, so that what becomes late meanwhile is
    neither left out nor shown again.
    """

    def __init__(self, officer: Officer, asked: QueryDict) -> None:
        self.officer = officer
        self.form = NarrowForm(asked)
        self.after = Place.parse(asked.get("after", ""))
        self.as_of = self.after.as_of if self.after else timezone.now()
        self.tabs = filters.tabs(officer, self.as_of)
        tab = asked.get("tab", "")
        self.tab = tab if tab in self.tabs else FIRST_TAB

    @property
    def is_closed(self) -> bool:
        """Whether it lists closed tips."""
        return not self.tabs[self.tab].parts

    def address(self, after: Place | None = None, **other: str) -> str:
        """The query string of this list, from its beginning or behind a place."""
        more = {"after": str(after)} if after else {}
        return urlencode({"tab": self.tab} | self.form.picked | more | other)

    def page(self, most: int) -> list[Tip]:
        """The next tips of the list, each with its `late` and `place`."""
        tips = self._visible().only(*OF_LIST).select_related("owner").with_turn()
        parts = self.tabs[self.tab].parts
        if not parts:
            closings = Event.objects.filter(tip_id=OuterRef("pk"), verb=Event.Verb.CLOSED)
            tips = tips.annotate(closed_by=Subquery(closings.order_by("-at").values("by")[:1]))
        late = filters.late_before(self.as_of)
        return page(tips, parts, late, as_of=self.as_of, most=most, after=self.after)

    def counts(self) -> dict[str, int]:
        """How many stand under each tab, narrowed like this list."""
        return filters.counts(self.officer, self.form)

    def _visible(self) -> TipQuerySet:
        return Tip.objects.visible_to(self.officer).filter(self.form.narrowed())
