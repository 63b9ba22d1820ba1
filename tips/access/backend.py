"""How Django finds the officer behind a session; who they are was settled by opening their wrap."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from tips.access import pairs
from tips.models import Officer


class PassphraseBackend(BaseBackend):
    """Knows officers, and no password: log-in is tips.admin.accounts.login's alone."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Nobody: a name and a password open nothing here."""

    def get_user(self, user_id: Any) -> Officer | None:
        """The active officer with their key, whose wrap the session's hash covers.

        Nobody where the trail does not explain the pair: a row put back into the database brings
        its sessions with it.
        """
        rows = Officer.objects.select_related("key").annotate(left=pairs.newest_digest())
        officer = rows.filter(pk=user_id, is_active=True).first()
        if officer is None or not hasattr(officer, "key"):
            return None
        if pairs.is_explained(officer.key, officer.left):
            return officer
        pairs.tell_of_false_pair(officer)
        return None
