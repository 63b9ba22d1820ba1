"""A clock of its own for the ladder, and the mail process that goes by it."""

from datetime import datetime, timedelta

from tests.cast import send, tip_of
from tests.database.acting import acting_as
from tips.management.commands.mail import go_round
from tips.models import Alarm, Tip


class Clock:
    """`now` stands still until it is moved on; each tick is a round of the mail process, in its
    role."""

    TICK = timedelta(seconds=20)
    VERY_LONG = timedelta(minutes=12)  # then on the fifth of them
    LONG = timedelta(minutes=2)  # what happens then is due on a minute, which has its round

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def tick(self) -> None:
        with acting_as("mail"):
            go_round(self)

    def go(self, every: timedelta | None = None, **span: float) -> None:
        """Moves on by this span, with a round every so often and one at its end."""
        end = self.now + timedelta(**span)
        longer = 5 if end - self.now > self.VERY_LONG else 1
        every = every or (timedelta(minutes=longer) if end - self.now > self.LONG else self.TICK)
        while self.now + every < end:
            self.now += every
            self.tick()
        self.now = end
        self.tick()

    def tip(self, **fields: object) -> Tip:
        """A tip that comes at this moment."""
        tip = tip_of(send(**fields))
        minute = self.now.replace(second=0, microsecond=0)
        Alarm.objects.filter(tip=tip).update(since=minute, due_at=minute)
        return tip
