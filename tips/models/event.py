"""The trail: what happened, who did it, and when."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models.functions import Now


class EventVerb(models.TextChoices):
    """What an event says was done; the database takes no other."""

    RECEIVED = "received", "received"
    MESSAGE = "message", "citizen wrote"
    COPY_MESSAGE = "copy_message", "a copy was written to"
    CALL_COMPLETED = "call_completed", "call completed"
    TRANSCRIBED = "transcribed", "wrote down what was said"
    CODE_SHOWN = "code_shown", "code shown to read aloud"
    REPLY_REMOVED = "reply_removed", "citizen removed an answer"
    OPENED = "opened", "opened"
    REFUSED = "refused", "refused to open"
    PHOTO = "photo", "photo shown"
    TAKEN = "taken", "taken"
    GIVEN = "given", "given to"
    WAITING = "waiting", "waits for an answer"
    REPLIED = "replied", "answered"
    NOTED = "noted", "note added"
    RAISED = "raised", "raised"
    LOWERED = "lowered", "lowered"
    PARKED = "parked", "parked"
    CLOSED = "closed", "closed"
    REOPENED = "reopened", "reopened"
    UNDONE = "undone", "undone"
    UNLINKED = "unlinked", "link taken away"
    RESTRICTED = "restricted", "restricted to supervisors"
    UNRESTRICTED = "unrestricted", "restriction lifted"
    RECUSED = "recused", "knows these people, is out of it"
    READMITTED = "readmitted", "let in again"
    HELD = "held", "held"
    RELEASED = "released", "not held any more"
    PHOTO_LOCKED = "photo_locked", "photo locked"
    PHOTO_UNLOCKED = "photo_unlocked", "photo unlocked"
    NOT_SAME = "not_same", "not the same as"
    MAYBE_SAME = "maybe_same", "may be the same as"
    SEARCHED = "searched", "searched inside tips"
    LOGGED_IN = "logged_in", "logged in"
    SIGNED_OUT = "signed_out", "signed out everywhere"
    WRONG_WORDS = "wrong_words", "wrong words at log-in"
    LOCKED_OUT = "locked_out", "too many wrong digits"
    ACCOUNT_ADDED = "account_added", "account added"
    ACCESS_GIVEN = "access_given", "access given"
    SET_UP = "set_up", "access set up"
    PASSPHRASE_CHANGED = "passphrase_changed", "passphrase changed"
    ROLE_CHANGED = "role_changed", "role changed"
    EMAIL_CHANGED = "email_changed", "e-mail address changed"
    LANGUAGES_CHANGED = "languages_changed", "languages changed"
    DEACTIVATED = "deactivated", "deactivated"
    ACTIVATED = "activated", "activated again"
    FALSE_PAIR = "false_pair", "a key nobody at the desk gave"
    KEY_MADE = "key_made", "desk key made"
    KEY_ROTATED = "key_rotated", "desk key rotated"
    FALSE_DESK_KEY = "false_desk_key", "a desk key nobody at the desk made"
    RECOVERED = "recovered", "recovered with the recovery sheets"
    DRILLED = "drilled", "recovery sheets tried"
    # The value is older than its name: rows of the trail are never rewritten.
    SHEETS_CONFIRMED = "sheets_kept", "recovery sheets typed back"
    SHEETS_REPLACED = "sheets_replaced", "recovery sheets replaced"
    RESTORED = "restored", "restored from a backup"
    RESTORE_TRIED = "restore_tried", "restore tried elsewhere"
    SELF_CHECK = "self_check", "self-check failed"
    ALARM_TESTED = "alarm_tested", "alarm tested"
    MAIL_READ = "mail_read", "typed the digits of the morning mail"
    CONTENT_CHANGED = "content_changed", "content changed"
    TRAIL_PRINTED = "trail_printed", "trail printed"
    TRAIL_EXPORTED = "trail_exported", "trail saved as a table"


# What others, or nobody who is known, did to somebody: it stands under their name too.
DONE_TO_SOMEBODY = (
    *(EventVerb.WRONG_WORDS, EventVerb.LOCKED_OUT, EventVerb.ACCOUNT_ADDED),
    *(EventVerb.ACCESS_GIVEN, EventVerb.ROLE_CHANGED, EventVerb.EMAIL_CHANGED),
    *(EventVerb.LANGUAGES_CHANGED, EventVerb.DEACTIVATED, EventVerb.ACTIVATED),
    *(EventVerb.FALSE_PAIR, EventVerb.RECOVERED, EventVerb.SIGNED_OUT, EventVerb.GIVEN),
    EventVerb.READMITTED,
)


class EventManager(models.Manager["Event"]):
    """Writes the trail, one row a call."""

    def record(self, verb: str, *, tip: Any = None, by: Any = "", **more: Any) -> "Event":
        """One event, by an officer or in a word; of a tip it keeps id and reference."""
        if tip is not None:
            more |= {"tip_id": tip.pk, "reference": tip.reference or ""}
        return self.create(verb=verb, by=str(by), **more)

    def last_of(self, *verbs: str) -> dict[str, datetime]:
        """When each of these was last done, of those that ever were."""
        rows = self.filter(verb__in=verbs).values("verb")
        return {row["verb"]: row["last"] for row in rows.annotate(last=models.Max("at"))}


class Event(models.Model):
    """One row of the trail: append-only, without foreign keys and without a word of content."""

    Verb = EventVerb

    id = models.UUIDField(primary_key=True, default=uuid4)
    # The database's clock: one that runs behind would write into a day that is over.
    at = models.DateTimeField(db_default=Now(), db_comment="to the hour where a citizen did it")
    verb = models.CharField(max_length=20, choices=EventVerb)
    by = models.CharField(
        max_length=40, blank=True, db_comment="a name as text: it outlives the account"
    )
    about = models.CharField(
        max_length=40, blank=True, db_comment="a name, an outcome or a kind; never content"
    )
    tip_id = models.UUIDField(null=True)
    reference = models.CharField(max_length=7, blank=True)
    count = models.PositiveIntegerField(
        null=True,
        db_comment="photos of a message, a photo's number, of an opening the newest message,"
        " of a copy its message, of a search the hits",
    )
    before = models.JSONField(
        null=True, db_comment="a verdict's clear columns as they were, for undo"
    )
    reason = models.BinaryField(null=True, db_comment="sealed words; null once erased")
    reason_digest = models.BinaryField(
        null=True, db_comment="hash of the sealed reason, so that the chain survives an erasure"
    )
    pair_digest = models.BinaryField(
        null=True,
        db_comment="hash of the public half that this act left an officer with; empty for none",
    )
    once = models.BinaryField(
        null=True, db_comment="hash of the form's one-use key: pressed twice, done once"
    )

    objects: ClassVar[EventManager] = EventManager()

    class Meta:
        """Read by tip, or by day; no verb but the written ones."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(verb__in=EventVerb.values), name="event_verb_known"
            ),
            models.UniqueConstraint(
                fields=("once",), condition=models.Q(once__isnull=False), name="event_once"
            ),
        )

        indexes = (
            models.Index(fields=("tip_id", "at"), name="event_of_tip"),
            models.Index(fields=("verb", "-at"), name="event_by_verb"),
            models.Index(fields=("-at", "id"), name="event_newest"),
            models.Index(fields=("by", "-at", "id"), name="event_by_officer"),
            models.Index(
                fields=("about", "-at"),
                condition=models.Q(pair_digest__isnull=False),
                name="event_of_pair",
            ),
            models.Index(
                fields=("about", "-at", "id"),
                condition=models.Q(verb__in=DONE_TO_SOMEBODY),
                name="event_done_to",
            ),
            # Whose each of the hundreds of tips on a page of the trail has ever been.
            models.Index(
                fields=("tip_id",),
                include=("verb", "by", "about"),
                condition=models.Q(verb__in=("taken", "given")),
                name="event_of_owners",
            ),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.reference}".strip()
