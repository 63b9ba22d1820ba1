"""What the desk of the demonstration does with one tip, step by step, each at its moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from campaign import offers
from tips import actions
from tips.crypto import receipts
from tips.crypto.sealing import Keyring
from tips.demo.backdating import Backdating
from tips.demo.stories import ToldStory, book, pick_random
from tips.models import Officer, Tip
from tips.models.vocabulary import Language
from tips.public import conversation

OPENING = timedelta(minutes=2)
BY_CITIZEN = ("answer", "danger", "reads")


@dataclass(frozen=True)
class Staff:
    """Who works at the desk, and the secrets with which they open tips."""

    officer: Officer
    colleague: Officer  # also an officer, who reads more languages
    supervisor: Officer
    leaver: Officer  # who will lose access, and with it the tips
    keys: Keyring

    def named(self, role: str) -> Officer:
        """Whom a scenario means by `officer`, `colleague`, `supervisor` or `leaver`."""
        one = getattr(self, role)
        assert isinstance(one, Officer)
        return one


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
        worked_by: str = "",
    ) -> None:
        self.tip, self.told, self.code = tip, told, code
        self._staff, self._backdating, self._rng = staff, backdating, rng
        by = staff.named(worked_by) if worked_by else self._whoever_works_on_it()
        self._by = staff.supervisor if tip.restricted else by
        self._unread = True
        self._noted = False

    def _whoever_works_on_it(self) -> Officer:
        staff = self._staff
        reads_it = staff.colleague if self.told.language != "en" else staff.officer
        return self._rng.choice((staff.officer, reads_it, staff.supervisor, staff.officer))

    def step(self, name: str, moment: datetime, original: str = "") -> None:
        """One step of scenarios.toml; `original` is the reference of the tip that this repeats.

        `other:` before its name: a colleague does it, without having the tip.
        """
        if name in BY_CITIZEN:
            self._by_citizen(name, moment)
            return
        who, _, what = name.rpartition(":")
        self.tip = Tip.objects.without_blobs().get(pk=self.tip.pk)
        # A tip of this hour is not dated back, so nothing of it may be.
        opened = max(moment - OPENING, self.tip.received_at)
        if who:
            mine, self._by, self._unread = self._by, self._somebody_else(), True
        self._read(opened)
        if what in Tip.Outcome:
            self._close(what, original)
        elif what in TOLD_APART:
            TOLD_APART[what](tip=self.tip, by=self._by, other=original)
        else:
            VERBS[what](self)
        if who and what != "take_over":
            self._by = mine
        self._backdating.date(self.tip.pk, moment)

    def _by_citizen(self, name: str, moment: datetime) -> None:
        if name == "reads":
            conversation.read(self.code)
            self._backdating.date(self.tip.pk, moment, by_citizen=True)
        elif name == "danger":
            words = self._rng.choice(book(self.told.language)["more"]["danger"])
            self.write(words, (), moment, danger=True)
        else:
            self.write(pick_random(self.told.story["answer"], self._rng), (), moment)

    def write(
        self, words: str, photos: Sequence[bytes], moment: datetime, *, danger: bool = False
    ) -> None:
        """The citizen adds words, pictures or both."""
        actions.receive_message(
            code=self.code,
            message=words,
            photos=photos,
            idempotency_key=receipts.new_idempotency_key(),
            danger=danger,
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
        if self.tip.owner_id is None:
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
        """To another one, who may open it unless it is restricted."""
        if self.tip.restricted:
            return
        to = self._somebody_else()
        actions.give(tip=self.tip, by=self._by, to=to)
        self._by, self._unread = to, True

    def _somebody_else(self) -> Officer:
        if self.tip.restricted:
            return self._staff.supervisor
        officer, supervisor = self._staff.officer, self._staff.supervisor
        others = [officer, self._staff.colleague, supervisor]
        # Nobody who knows the people takes it again.
        may_open = set(self.tip.who_open().exclude(pk=self._by.pk))
        return self._rng.choice([one for one in others if one in may_open])

    def _said(self, key: str) -> str:
        return str(self._rng.choice(book("desk")[key]))

    def _thank(self) -> None:
        text = self._said("thanks") if self.told.language == "en" else self._sentences("next")
        actions.reply(tip=self.tip, by=self._by, text=text)

    def _ask_by_sentences(self) -> None:
        text = "\n\n".join((self._sentences("safe"), self._sentences("tell")))
        actions.reply(tip=self.tip, by=self._by, text=text, wait=True)

    def _sentences(self, group: str) -> str:
        """One of the reviewed ones of this group, as this citizen reads it."""
        language = self.tip.language
        found = [one for one in offers.reply_sentences(language) if one.group == group]
        return str(offers.said([self._rng.choice(found[:4])], language))

    def _translate(self) -> None:
        text = self.told.story["english"]
        actions.note(tip=self.tip, by=self._by, text=text, into=Language.EN)

    def _write_down(self) -> None:
        text = self._rng.choice(book(self.told.language)["more"]["said"])
        actions.transcribe(tip=self.tip, by=self._by, text=text)

    def _hint(self) -> None:
        actions.note(tip=self.tip, by=self._by, text=self._said("colleague"))

    def _take_over(self) -> None:
        actions.take_over(tip=self.tip, by=self._by, reason=self._said("taken_over"))

    def _restrict(self) -> None:
        if not self.tip.restricted:
            actions.restrict(tip=self.tip, by=self._by)
        if not self._by.opens_restricted_tips:
            self._by, self._unread = self._staff.supervisor, True

    def _unrestrict(self) -> None:
        reason = self._said("unrestricted")
        actions.unrestrict(tip=self.tip, by=self._staff.supervisor, reason=reason)

    def _hold(self) -> None:
        actions.hold(tip=self.tip, by=self._by, reason=self._said("held"))

    def _release(self) -> None:
        actions.release(tip=self.tip, by=self._staff.supervisor, reason=self._said("released"))

    def _lock_photo(self) -> None:
        actions.lock_photo(tip=self.tip, by=self._by, number=1)
        self._by, self._unread = self._staff.supervisor, True

    def _recuse(self) -> None:
        """The officer knows the people; from then on a colleague works on it."""
        actions.recuse(tip=self.tip, by=self._by)
        self._by, self._unread = self._somebody_else(), True

    def _readmit(self) -> None:
        by, reason = self._staff.supervisor, self._said("readmitted")
        for who in Officer.objects.filter(recusals__tip=self.tip):
            actions.readmit(tip=self.tip, by=by, who=who, reason=reason)

    def _slip(self) -> None:
        """Closed by a wrong press, and taken back at once."""
        actions.close(tip=self.tip, by=self._by, outcome=Tip.Outcome.HELPED)
        actions.undo(tip=Tip.objects.without_blobs().get(pk=self.tip.pk), by=self._by)

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
        repeated = original if outcome == Tip.Outcome.DUPLICATE else ""
        actions.close(tip=self.tip, by=by, outcome=outcome, reason=reason, duplicate_of=repeated)


TOLD_APART = {"not_same": actions.not_same, "maybe_same": actions.maybe_same}
VERBS: dict[str, Callable[[Case], None]] = {
    "read": lambda case: None,  # reading is what each step begins with
    "take": Case._take,
    "note": Case._note,
    "ask": Case._ask,
    "sentences": Case._ask_by_sentences,
    "thank": Case._thank,
    "translate": Case._translate,
    "phoned": Case._write_down,
    "hint": Case._hint,
    "take_over": Case._take_over,
    "urgent": Case._raise,
    "calm": Case._lower,
    "later": Case._park,
    "give": Case._give,
    "leave": Case._leave,
    "reopen": Case._reopen,
    "restrict": Case._restrict,
    "unrestrict": Case._unrestrict,
    "hold": Case._hold,
    "release": Case._release,
    "lock_photo": Case._lock_photo,
    "recuse": Case._recuse,
    "readmit": Case._readmit,
    "slip": Case._slip,
}
