"""Sixty days of the demonstration: tips arrive, and each goes the way of one scenario."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import Max
from django.utils import timezone

from campaign import offers
from tips import actions
from tips.crypto import receipts
from tips.demo import drawings
from tips.demo.backdating import Backdating
from tips.demo.casework import BY_CITIZEN, Case, Staff
from tips.demo.stories import (
    Teller,
    ToldStory,
    book,
    everyday_scenarios,
    fewest_tips,
    pick_random,
    scenarios,
)
from tips.models import Recusal, Tip
from tips.models.vocabulary import SetAside

SEED = 2026
REPEATS = ("lost_code", "too_early", "shared")
# How often people write in each hour of the day: little before dawn, most in the evening.
HOURS = (3, 2, 1, 1, 1, 2, 4, 6, 6, 6, 6, 6, 8, 7, 6, 6, 7, 8, 10, 12, 13, 12, 9, 6)
NEW_AND_URGENT = timedelta(hours=5)  # none waits longer than this
OPEN_AND_URGENT = timedelta(days=1)  # nor is one open for longer, but for what happens once


@dataclass(frozen=True)
class Sent:
    """A tip that arrived: what was told, from which page, when, and the code its sender keeps."""

    tip: Tip
    told: ToldStory
    page: str
    arrived: datetime
    code: str


class History:
    """Makes tips; in the same words and proportions every time."""

    def __init__(self, staff: Staff, backdating: Backdating) -> None:
        self._rng = Random(SEED)
        self._staff, self._backdating = staff, backdating
        self._teller = Teller(self._rng)
        self._now = timezone.localtime().replace(second=0, microsecond=0)
        self._sent: list[Sent] = []

    def fill(self, count: int) -> None:
        """So many tips; the first round of scenarios comes whole, so that every state is there."""
        order = self._rng.sample(scenarios(), len(scenarios()))
        count -= fewest_tips() - len(order)
        while len(order) < count:
            order += self._rng.sample(everyday_scenarios(), len(everyday_scenarios()))
        # A repetition needs something to repeat.
        for scenario in sorted(
            order[:count], key=lambda scenario: scenario.get("tells") in REPEATS
        ):
            self._play(scenario)

    def _play(self, scenario: dict[str, Any]) -> None:
        tells, reference = scenario.get("tells", "story"), ""
        if tells in REPEATS:
            original = self._original(scenario)
            reference = original.tip.reference or ""
            sent = self._send_after(original, tells)
        else:
            told = self._told(scenario, tells)
            arrived, page = self._arrival(scenario, told), receipts.new_idempotency_key()
            sent = self._send(told, arrived, page, flood=scenario.get("flood", False))
        case = self._case(sent, scenario.get("by", ""))
        self._add_photos(case, sent, always=scenario.get("needs") == "photo")
        moments = self._moments(sent, scenario)
        for step, moment in zip(scenario["steps"], moments, strict=True):
            case.step(step, moment, reference)
        if tells == "story" and self._may_be_repeated(sent):
            self._sent.append(sent)
        if scenario.get("copied_again"):
            self._copy_again(sent, case, reference, after=moments[-1])

    def _told(self, scenario: dict[str, Any], tells: str) -> ToldStory:
        """A story for it; none that is a supervisor's alone where an officer is to work on it."""
        while True:
            told = self._teller.tell(tells, scenario.get("words", ""), scenario.get("needs", ""))
            if not (told.story.get("official") and scenario.get("by")):
                return told

    def _case(self, sent: Sent, by: str = "") -> Case:
        return Case(sent.tip, sent.told, sent.code, self._staff, self._backdating, self._rng, by)

    def _copy_again(self, copy: Sent, case: Case, original: str, after: datetime) -> None:
        """Sent a third time: a copy of the copy, which then turns out to be one itself.

        That is after all else that was done about the copy. What the sender adds then rings at the
        first.
        """
        third = self._send_after(copy, "lost_code")
        ends = min(max(third.arrived, after) + timedelta(hours=3), self._now)
        self._case(third).step(Tip.Outcome.DUPLICATE, _minute(ends), copy.tip.reference or "")
        later = min(ends + timedelta(hours=1), self._now)
        case.step(Tip.Outcome.DUPLICATE, _minute(later), original)
        self._ring_at(original, third, later)

    def _ring_at(self, original: str, copy: Sent, after: datetime) -> None:
        """What the sender of a copy adds; the first has an owner who has answered all before it."""
        first = Tip.objects.without_blobs().get(reference=original)
        said = first.messages.aggregate(newest=Max("at"))["newest"] or after
        moment = _minute(min(max(after, said) + timedelta(hours=1), self._now))
        owner = first.owner
        if owner is None and first.status != Tip.Status.CLOSED:
            actions.take(tip=first, by=self._staff.officer)
        elif owner and first.turn_cause == Tip.Cause.WROTE:
            actions.open_tip(tip=first, by=owner, keys=self._staff.keys)
            text = pick_random(copy.told.story["ask"], self._rng)
            actions.reply(tip=first, by=owner, text=text)
        self._backdating.date(first.pk, moment)
        words = self._rng.choice(book(copy.told.language)["more"]["danger"])
        self._case(copy).write(words, (), moment)
        self._backdating.date(first.pk, moment, by_citizen=True)

    def _send(self, told: ToldStory, arrived: datetime, page: str, *, flood: bool = False) -> Sent:
        form = told.form
        if channel := told.story.get("channel"):
            receipt = self._take_call(told, channel, page)
        else:
            apart = SetAside.FLOOD if flood else SetAside.NO
            receipt = actions.receive_tip(
                fields=form.tip,
                idempotency_key=page,
                language="en",
                set_aside=SetAside.SPAM if form.looks_like_spam else apart,
            )
        tip = Tip.objects.without_blobs().get(reference=receipt.reference)
        self._backdating.date(tip.pk, arrived, by_citizen=True)
        return Sent(tip, told, page, arrived, receipt.code or "")

    def _take_call(self, told: ToldStory, channel: str, page: str) -> actions.Receipt:
        """The colleague writes down what is said."""
        fields = told.form.tip | {"call_back": "yes" if "call_back" in told.story else ""}
        return actions.receive_call(
            fields=fields, channel=channel, by=self._staff.colleague, idempotency_key=page
        )

    def _send_after(self, original: Sent, how: str) -> Sent:
        """The same again after days, or from the same page within the hour."""
        if how == "lost_code":
            later = min(original.arrived + timedelta(days=self._rng.uniform(1, 4)), self._now)
            again = original.told.again(how, self._rng)
            return self._send(again, _minute(later), receipts.new_idempotency_key())
        later = min(original.arrived + timedelta(minutes=self._rng.randint(3, 50)), self._now)
        shared = how == "shared"
        told = self._teller.shared(original.told) if shared else original.told.again(how, self._rng)
        return self._send(told, later, original.page)

    def _original(self, scenario: dict[str, Any]) -> Sent:
        """A tip of the age that this scenario asks for, or the nearest to it; each once."""
        youngest, oldest = (timedelta(days=days) for days in scenario["days"])

        def misses(sent: Sent) -> timedelta:
            age = self._now - sent.arrived
            return max(youngest - age, age - oldest, timedelta(0))

        nearest = min(map(misses, self._sent))
        found = self._rng.choice([sent for sent in self._sent if misses(sent) == nearest])
        self._sent.remove(found)
        return found

    def _arrival(self, scenario: dict[str, Any], told: ToldStory) -> datetime:
        age = timedelta(days=self._rng.uniform(*scenario["days"]))
        if told.is_urgent and not scenario["steps"]:
            age = NEW_AND_URGENT * self._rng.random()
        elif told.is_urgent and not scenario.get("once") and not _closes(scenario):
            age = min(age, OPEN_AND_URGENT * self._rng.uniform(0.4, 1))
        arrived: datetime = _minute(self._now - age)
        if age > timedelta(days=2):
            (hour,) = self._rng.choices(range(24), HOURS)
            arrived = arrived.replace(hour=hour)
        return arrived

    def _add_photos(self, case: Case, sent: Sent, *, always: bool) -> None:
        """The receipt page's first offer, which some take."""
        picture = drawings.cleaned().get(sent.told.story.get("photo", ""))
        if picture and (always or self._rng.random() < 0.6):
            words = self._rng.choice(book(sent.told.language)["more"]["photos"])
            soon = sent.arrived + timedelta(minutes=self._rng.randint(1, 6))
            case.write(words, [picture], min(soon, self._now))

    def _moments(self, sent: Sent, scenario: dict[str, Any]) -> list[datetime]:
        """When each step happens: mostly in office hours, the first of an urgent tip at once."""
        steps, urgent = scenario["steps"], sent.told.is_urgent
        lasts = timedelta(days=self._rng.uniform(*scenario.get("lasts", (2, 12))))
        # Not all that is still short of its days ends this minute.
        age = self._now - sent.arrived
        end = min(self._now - age * self._rng.uniform(0, 0.3), sent.arrived + lasts)
        hours = self._rng.uniform(0.2, 0.8) if urgent else self._rng.uniform(1, 14)
        first = min(sent.arrived + timedelta(hours=hours), end)
        moments: list[datetime] = []
        last = sent.arrived
        for place, step in enumerate(steps):
            late = self._rng.uniform(-0.3, 0.3) if place else 0.0
            moment = first + (end - first) * min((place + late) / max(len(steps) - 1, 1), 1)
            if step not in BY_CITIZEN and not (urgent and place == 0):
                moment = self._in_office(moment)
            # A citizen's doings are dated to the hour, so the next hour comes after the question.
            apart = timedelta(minutes=65 if step in BY_CITIZEN else self._rng.randint(4, 20))
            last = min(max(moment, last + apart), self._now)
            moments.append(_minute(last))
        return moments

    def _in_office(self, moment: datetime) -> datetime:
        """The moment, or soon after the office next opens if that is not yet to come."""
        week = offers.hours()
        opening = None if week.is_open(moment) else week.next_opening(moment)
        if opening is None:
            return moment
        later = opening + timedelta(minutes=self._rng.randint(5, 420))
        return later if later < self._now else moment

    def _may_be_repeated(self, sent: Sent) -> bool:
        """Whether somebody may send it again, and whoever works on that may close it as a copy."""
        # Nobody sends a call again, and a repetition needs its words in that language.
        if "channel" in sent.told.story or "again" not in book(sent.told.language):
            return False
        tip = Tip.objects.without_blobs().get(pk=sent.tip.pk)
        is_for_all = not tip.restricted and not Recusal.objects.filter(tip=tip).exists()
        # What rings at a tip of the leaver is lost to sight: all of theirs comes back as one turn.
        stays = tip.owner_id != self._staff.leaver.pk
        # What rings at an answered one is new again, and there may be no other in the first round.
        stays = stays and tip.turn_cause != Tip.Cause.ANSWERED
        return is_for_all and stays and (tip.is_open or not sent.told.is_urgent)


def _closes(scenario: dict[str, Any]) -> bool:
    return any(step in Tip.Outcome for step in scenario["steps"])


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
