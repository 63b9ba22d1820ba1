"""A tip that is nobody's, taken as the public door takes one, read back, and never there."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction
from django.http import QueryDict

from slu_antitrafficking import roles
from tips.actions import citizen
from tips.crypto import receipts
from tips.crypto.active_key import NoDeskKey
from tips.public import conversation
from tips.public.forms import TipForm


class Command(BaseCommand):
    """Called by ./run upgrade before anybody is served by the new release."""

    help = "Seals, stores and reads a tip as the public role; leaves no event, alarm or reference."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when any of it does not work."""
        try:
            with transaction.atomic():
                self._as_the_public_door()
                before = transaction.savepoint()
                self._send_and_read()
                # Whoever looks meanwhile never sees it; the commit that follows is written to disk.
                transaction.savepoint_rollback(before)
        except (DatabaseError, NoDeskKey) as error:
            raise CommandError(f"A trial tip was not taken ({type(error).__name__}).") from error

    def _as_the_public_door(self) -> None:
        with connection.cursor() as cursor:
            names = roles.role_names(roles.database_of(cursor))
            roles.run(cursor, "SET LOCAL ROLE {}", names.public)

    def _send_and_read(self) -> None:
        form = TipForm(QueryDict("what_happened=Nothing"))
        assert form.is_valid(), "words are all that a tip needs"
        page = receipts.new_idempotency_key()
        receipt = citizen.receive_tip(fields=form.cleaned_data, idempotency_key=page, language="en")
        if not receipt.code or conversation.read(receipt.code) is None:
            raise CommandError("A trial tip was taken, and its code does not open it.")
