"""What a restored store has to make up for: it does not know what came after its backup."""

from collections.abc import Sequence

from django.db import transaction

from tips import actions
from tips.access import pairs, recovery
from tips.crypto import recovery_sheets
from tips.models import DeskSession, Event, Officer, OfficerKey, SelfCheck, Upkeep

TO_BE_LOOKED_AT = (
    "Restored from a backup. Look through Accounts for who left since, and tell everybody to log in"
    " once: red until a supervisor has, and every right was looked at."
)


@transaction.atomic
def settle(*, sheet_1: str, sheet_2: str, left: Sequence[Officer]) -> list[str]:
    """Deactivates who left, ends every session and makes a new desk key.

    Gives the names of those who hold it: nobody, where everybody who could open tips left. Raises
    SheetError for a slip, Refused for another desk's sheets.
    """
    secret = recovery_sheets.join(sheet_1, sheet_2)
    held = recovery.open_copies(sheet_1, sheet_2)
    DeskSession.objects.all().delete()
    for officer in left:
        _deactivate(officer)
    recovery.succeed(held, secret, by="recovery")
    # What the backup says was looked at lately was looked at on another server.
    Upkeep.objects.filter(name__in=list(SelfCheck)).delete()
    Event.objects.record(Event.Verb.RESTORED, by="recovery", count=len(left))
    Upkeep(name=SelfCheck.RESTORED).went_wrong(TO_BE_LOOKED_AT)
    return recovery.newest_granted()


def _deactivate(officer: Officer) -> None:
    """As accounts.deactivate, but by no officer: nobody is logged in."""
    OfficerKey.objects.filter(officer=officer).delete()
    Officer.objects.filter(pk=officer.pk).update(is_active=False)
    actions.give_back_all_of(
        owner=Officer.objects.get(pk=officer.pk), by=Officer(username="recovery")
    )
    Event.objects.record(
        Event.Verb.DEACTIVATED, by="recovery", about=officer.username, pair_digest=pairs.NO_PAIR
    )
