"""What the desk of the demonstration does with one tip, step by step, each at its moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from tips import actions
from tips.crypto import receipts
from tips.crypto.sealing import Keyring
from tips.demo.backdating import Backdating
from tips.demo.stories import ToldStory, book, pick_random
from tips.models import Officer, Tip

OPENING = timedelta(minutes=2)


@dataclass(frozen=True)
class Staff:
    """Who works at the desk, and the secrets with which they open tips."""

    officer: Officer
    supervisor: Officer
    keys: Keyring


class Case:
    """One tip with its citizen, who has the code, and the officer who works on it."""

    def __init__(
        self,
        tip: Tip,
        told: ToldStory,
        code: str,
        staff: Staff,
        backdating: Backdating,
        rng: Random,
    ) -> None:
        self.tip, self.told, self.code = tip, told, code
        self._staff, self._backdating, self._rng = staff, backdating, rng
        alone = tip.restricted or rng.random() < 0.3
        self._by = staff.supervisor if alone else staff.officer
        self._unread = True
        self._noted = False

    def step(self, name: str, moment: datetime, original: str = "") -> None:
        """One step of scenarios.toml; `original` is the reference that a duplicate repeats."""
        if name == "answer":
            self.write(pick_random(self.told.story["answer"], self._rng), (), moment)
            return
        self.tip = Tip.objects.without_blobs().get(pk=self.tip.pk)
        # A tip of this hour is not dated back, so nothing of it may be.
        self._read(max(moment - OPENING, self.tip.received_at))
        if name in Tip.Outcome:
            self._close(name, original)
        else:
            _VERBS[name](self)
        self._backdating.date(self.tip.pk, moment)

    def write(self, words: str, photos: Sequence[bytes], moment: datetime) -> None:
        """The citizen adds words, pictures or both."""
        actions.receive_message(
            code=self.code,
            message=words,
            photos=photos,
            idempotency_key=receipts.new_idempotency_key(),
        )
        self._backdating.date(self.tip.pk, moment, by_citizen=True)
        self._unread = True

    def _read(self, moment: datetime) -> None:
        if not self._unread:
            return
        self._unread = False
        opened = actions.open_tip(tip=self.tip, by=self._by, keys=self._staff.keys)
        for number in opened.photos:
            actions.show_photo(tip=self.tip, by=self._by, number=number, keys=self._staff.keys)
        self._backdating.date(self.tip.pk, moment)

    def _take(self) -> None:
        actions.take(tip=self.tip, by=self._by)

    def _note(self) -> None:
        own = "" if self._noted else self.told.story.get("note", "")
        self._noted = True
        text = own or self._rng.choice(book("desk")["notes"])
        actions.note(tip=self.tip, by=self._by, text=text)

    def _ask(self) -> None:
        text = pick_random(self.told.story["ask"], self._rng)
        actions.reply(tip=self.tip, by=self._by, text=text, wait=True)

    def _raise(self) -> None:
        if self.tip.urgency != Tip.Urgency.DANGER:
            actions.raise_urgency(tip=self.tip, by=self._by)
            actions.note(tip=self.tip, by=self._by, text=self._rng.choice(book("desk")["raised"]))

    def _lower(self) -> None:
        if self.tip.urgency == Tip.Urgency.DANGER:
            reason = self._rng.choice(book("desk")["lowered"])
            actions.lower_urgency(tip=self.tip, by=self._by, reason=reason)

    def _park(self) -> None:
        until = timezone.localdate() + timedelta(days=self._rng.randrange(15))
        actions.park(tip=self.tip, by=self._by, until=until)

    def _give(self) -> None:
        """To the other one, who may open it unless it is restricted."""
        if self.tip.restricted:
            return
        pair = (self._staff.officer, self._staff.supervisor)
        to = pair[1] if self._by == pair[0] else pair[0]
        actions.give(tip=self.tip, by=self._by, to=to)
        self._by, self._unread = to, True

    def _leave(self) -> None:
        actions.give_back(tip=self.tip, by=self._by)

    def _reopen(self) -> None:
        reason = self._rng.choice(book("desk")["reopened"])
        actions.reopen(tip=self.tip, by=self._by, reason=reason)

    def _close(self, outcome: str, original: str) -> None:
        by = self._staff.supervisor if outcome == Tip.Outcome.FALSE else self._by
        if by != self._by:
            actions.open_tip(tip=self.tip, by=by, keys=self._staff.keys)  # first read, then close
        reason = self._rng.choice(book("desk")["closed"][outcome])
        actions.close(tip=self.tip, by=by, outcome=outcome, reason=reason, duplicate_of=original)


_VERBS: dict[str, Callable[[Case], None]] = {
    "take": Case._take,
    "note": Case._note,
    "ask": Case._ask,
    "urgent": Case._raise,
    "calm": Case._lower,
    "later": Case._park,
    "give": Case._give,
    "leave": Case._leave,
    "reopen": Case._reopen,
}
