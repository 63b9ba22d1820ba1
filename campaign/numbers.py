"""What may be done to a number: one person asks for another, a second one calls it, it shows."""

from django.db import transaction
from django.utils import timezone

from campaign.models import Contact

NOT_YOU = "A second person has to call the new number: you are the one who asked for it."
CHANGED_MEANWHILE = "It was changed meanwhile. Look at it again; nothing was done."


class Refused(Exception):
    """Why it was not done, as a sentence for whoever asked."""


def ask(*, contact: Contact, number: str, by: str) -> None:
    """Keeps the new number beside the one that shows."""
    contact.asked_number, contact.asked_by, contact.asked_at = number, by, timezone.now()
    contact.save(update_fields=["asked_number", "asked_by", "asked_at"])


@transaction.atomic
def confirm(*, contact: Contact, seen: str, by: str) -> None:
    """The second person called the number they saw: it shows from now on."""
    row = _waiting(contact, seen)
    if row.asked_by == by:
        raise Refused(NOT_YOU)
    row.published = row.published or row.is_new
    row.number, row.confirmed_on = row.asked_number, timezone.localdate()
    _forget_the_change(row, "number", "confirmed_on", "published")


@transaction.atomic
def drop(*, contact: Contact, seen: str) -> None:
    """The number that shows goes on showing."""
    row = _waiting(contact, seen)
    if row.is_new:
        raise Refused("Nobody has called this contact yet. Delete it if it is wrong.")
    _forget_the_change(row)


def called(*, contact: Contact, seen: str) -> None:
    """Somebody called the number that shows, today."""
    row = Contact.objects.filter(pk=contact.pk, number=seen)
    if contact.is_new or not row.update(confirmed_on=timezone.localdate()):
        raise Refused(CHANGED_MEANWHILE)


def _waiting(contact: Contact, seen: str) -> Contact:
    row = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if not seen or row.asked_number != seen:
        raise Refused(CHANGED_MEANWHILE)
    return row


def _forget_the_change(row: Contact, *changed: str) -> None:
    row.asked_number, row.asked_by, row.asked_at = "", "", None
    row.save(update_fields=["asked_number", "asked_by", "asked_at", *changed])
