"""Each event of the trail in words, with its marks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from tips.models import Event
from tips.templatetags.desk import outcome, photos

V = Event.Verb
# Not a person: these words stand in the place of a name.
NOBODYS_NAMES = {"", "system", "recovery", "rotation", "command"}
# By verb: what an officer did, or what happened; `{it}` is the tip, `{about}` whom or what.
SENTENCES = {
    V.RECEIVED: "{it} came",
    V.MESSAGE: "a citizen wrote to {it}",
    V.COPY_MESSAGE: "a copy of {it}, {about}, was written to",
    V.REPLY_REMOVED: "a citizen removed an answer from {it}",
    V.CALL_COMPLETED: "completed the call {it}",
    V.OPENED: "opened {it}",
    V.REFUSED: "was refused {it}",
    V.PHOTO: "was shown a photo of {it}",
    V.TAKEN: "took {it}",
    V.GIVEN: "gave {it} to {about}",
    V.WAITING: "waits for the citizen of {it}",
    V.REPLIED: "answered the citizen of {it}",
    V.NOTED: "wrote a note on {it}",
    V.RAISED: "raised {it} to urgent",
    V.LOWERED: "lowered {it}",
    V.PARKED: "parked {it}, or ended that",
    V.CLOSED: "closed {it}: {about}",
    V.REOPENED: "opened {it} again, as work",
    V.UNDONE: "undid a decision on {it}: {about}",
    V.UNLINKED: "took the link between {it} and {about} away",
    V.NOT_SAME: "said that {it} is not the same as {about}",
    V.MAYBE_SAME: "said that {it} may be the same as {about} after all",
    V.SEARCHED: "searched inside the tips",
    V.TRANSCRIBED: "wrote down what was said about {it}",
    V.CODE_SHOWN: "was shown the code of {it} to read aloud",
    V.ALARM_TESTED: "tested the alarm",
    V.MAIL_READ: "typed the digits of the morning mail",
    V.RESTRICTED: "restricted {it} to supervisors",
    V.UNRESTRICTED: "lifted the restriction of {it}",
    V.RECUSED: "knows the people of {it} and is out of it",
    V.READMITTED: "let {about} in again to {it}",
    V.HELD: "holds {it}",
    V.RELEASED: "ended the hold of {it}",
    V.PHOTO_LOCKED: "locked a photo of {it}",
    V.PHOTO_UNLOCKED: "unlocked a photo of {it}",
    V.LOGGED_IN: "logged in",
    V.SIGNED_OUT: "signed {about} out everywhere",
    V.WRONG_WORDS: "somebody typed wrong words at the log-in of {about}",
    V.LOCKED_OUT: "somebody had the right words of {about} after too many wrong digits",
    V.ACCOUNT_ADDED: "added the account {about}",
    V.ACCESS_GIVEN: "gave access to {about}",
    V.SET_UP: "set up their access",
    V.PASSPHRASE_CHANGED: "changed their passphrase",
    V.ROLE_CHANGED: "changed the role of {about}",
    V.EMAIL_CHANGED: "changed the e-mail address of {about}",
    V.LANGUAGES_CHANGED: "changed the languages of {about}",
    V.DEACTIVATED: "deactivated {about}",
    V.ACTIVATED: "activated {about} again",
    V.CONTENT_CHANGED: "changed the site: {about}",
    V.TRAIL_PRINTED: "printed the trail {it}",
    V.TRAIL_EXPORTED: "saved the trail as a table {it}",
}
PRINTS = (V.TRAIL_PRINTED, V.TRAIL_EXPORTED)


@dataclass(frozen=True)
class Line:
    """One event and its marks; in words only once they are asked for, as of few they are."""

    event: Event
    outside: bool  # office hours
    not_theirs: bool  # the tip was never this officer's

    @property
    def who(self) -> str:
        """The officer; empty where nobody at the desk did it."""
        return self.event.by

    @property
    def before(self) -> str:
        """The words before the reference."""
        return self._words[0]

    @property
    def after(self) -> str:
        """The words after the reference."""
        return self._words[1]

    @cached_property
    def _words(self) -> tuple[str, str]:
        before, _, after = _pattern(self.event).partition("{it}")
        about, which = outcome(self.event.about), photos(self.event)
        if "a photo" in before:
            before = before.replace("a photo", which or "a photo")
        elif which:
            after += f", {which}"
        return before.replace("{about}", about), after.replace("{about}", about)


def line_of(
    event: Event, owners: set[tuple[UUID, str]], is_open: Callable[[datetime], bool]
) -> Line:
    """The event with its marks.

    `owners` has of each tip everybody whose it ever was; `is_open` knows the office hours.
    """
    is_person = event.by not in NOBODYS_NAMES
    return Line(
        event=event,
        outside=is_person and not is_open(event.at),
        not_theirs=is_person
        and event.tip_id is not None
        and event.verb not in PRINTS
        and (event.tip_id, event.by) not in owners,
    )


def _pattern(event: Event) -> str:
    if event.verb == V.GIVEN and event.about == "nobody":
        return "gave {it} back"
    if event.verb == V.RAISED and event.about:
        return "raised {it}, which is as urgent as its copy {about} now"
    if event.verb in PRINTS and event.about:
        return SENTENCES[V(event.verb)] + " of {about}"
    # A verb that has no sentence yet: as the trail of a tip calls it.
    return SENTENCES.get(V(event.verb)) or f"{event.get_verb_display()} {{about}} {{it}}"
