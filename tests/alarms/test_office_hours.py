"""What the office's hours make of how long a tip waits."""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from campaign.hours import Hours
from tips.alarms import ladder
from tips.models.turns import Urgency


def test_an_office_without_hours_counts_as_open() -> None:
    now = timezone.now()
    step = ladder.other(now, now, Hours(week=(None,) * 7))
    assert step.next_at == now + timedelta(hours=4)


def test_a_tip_is_late_to_take_once_supervisors_hear_of_all_that_came_in_its_hour() -> None:
    office = Hours(((time(8), time(16)),) * 5 + (None, None), ((date(2026, 12, 25),) * 2,))
    start = datetime(2026, 12, 21, 3, tzinfo=UTC)
    for quarter in range(0, 8 * 24 * 4, 7):
        now = start + timedelta(days=1, minutes=15 * quarter)
        late = ladder.late_before(now, office)
        assert late[Urgency.OTHER] == late[Urgency.CHILD_OR_SELF]
        for since in (late[Urgency.OTHER], late[Urgency.DANGER]):
            for hours in (-24, -2, -1, 0, 1, 2):
                hour = since.replace(minute=0, second=0) + timedelta(hours=hours)
                full = hour + timedelta(hours=1)  # what came last in that hour has its minute
                told = ladder.other(full, now, office).supervisors
                assert (hour < late[Urgency.OTHER]) == told, (now, hour)
                told = ladder.urgent(full, now).supervisors
                assert (hour < late[Urgency.DANGER]) == told, (now, hour)
    never = ladder.late_before(start, Hours((None,) * 7))
    assert never[Urgency.OTHER] == start - timedelta(hours=4)
