"""When the office is open: pure rules over weekly hours and closures, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ISLAND = ZoneInfo("America/St_Lucia")
LOOK_AHEAD = 400  # days; an office closed for longer has no next opening


@dataclass(frozen=True)
class Hours:
    """Opening and closing times for Monday to Sunday (None: closed), and spans of closed days."""

    week: tuple[tuple[time, time] | None, ...]
    closures: tuple[tuple[date, date], ...] = ()

    def on(self, day: date) -> tuple[time, time] | None:
        """Opening and closing time of that day; None where the office is closed."""
        if any(first <= day <= last for first, last in self.closures):
            return None
        return self.week[day.weekday()]

    def is_open(self, now: datetime) -> bool:
        """Whether somebody is in the office at this moment."""
        local = now.astimezone(ISLAND)
        hours = self.on(local.date())
        return hours is not None and hours[0] <= local.time() < hours[1]

    def next_opening(self, now: datetime) -> datetime | None:
        """The first moment after now at which the office opens; None when over a year away."""
        local = now.astimezone(ISLAND)
        for days in range(LOOK_AHEAD):
            day = local.date() + timedelta(days=days)
            hours = self.on(day)
            if hours is None:
                continue
            opening = datetime.combine(day, hours[0], ISLAND)
            if opening > now:
                return opening
        return None

    def open_for(self, start: datetime, span: timedelta) -> datetime | None:
        """When the office will have been open for so long since start; None: over a year away."""
        local = start.astimezone(ISLAND)
        for days in range(LOOK_AHEAD):
            day = local.date() + timedelta(days=days)
            hours = self.on(day)
            if hours is None:
                continue
            opens, closes = (datetime.combine(day, hour, ISLAND) for hour in hours)
            begins = max(opens, local)
            if span <= closes - begins:
                return begins + span
            span -= max(closes - begins, timedelta())
        return None

    def spans(self) -> Sequence[tuple[int, int, tuple[time, time] | None]]:
        """The week as runs of days with equal hours: (first day, last day, hours)."""
        runs: list[tuple[int, int, tuple[time, time] | None]] = []
        for day, hours in enumerate(self.week):
            if runs and runs[-1][2] == hours:
                runs[-1] = (runs[-1][0], day, hours)
            else:
                runs.append((day, day, hours))
        return runs
