"""Desk sessions: rows under a hash of the cookie, encrypted with a key derived from it.

A stolen table opens nothing and replays nowhere; a log-in begins anew and carries nothing over.
"""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, SessionBase
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone

from tips.crypto import sealing
from tips.models import DeskSession

IDLE = timedelta(seconds=settings.SESSION_COOKIE_AGE)
SET_UP_AT_MOST = timedelta(minutes=15)

OFFICER = "officer"  # whose row it is: it goes when theirs go
SET_UP = "set_up"  # a session that opens the set-up page and nothing else


class SessionStore(SessionBase):
    """`SESSION_ENGINE`: ends after 30 idle minutes, 12 hours, or 15 minutes of setting up."""

    def begin(self, data: dict[str, Any]) -> None:
        """A new session under a new cookie, written now; whatever was there before is gone."""
        self.flush()
        self.update(data)
        self.create()

    def load(self) -> dict[str, Any]:
        """What was kept, or nothing where the row is gone, over, moved or not for this cookie."""
        row = DeskSession.objects.filter(
            session_key=self._row(), expire_date__gt=timezone.now()
        ).first()
        if row is not None:
            try:
                plain = sealing.decrypt(row.session_data, self._key(), self._bound(row.officer_id))
                return dict(json.loads(plain))
            except sealing.CannotOpen:
                pass
        self._session_key = None
        return {}

    def exists(self, session_key: str) -> bool:
        return DeskSession.objects.filter(session_key=_row_of(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Writes a row that is still there; one deleted meanwhile stays deleted.

        Raises CreateError when a row of the new cookie is there already.
        """
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        officer = data.get(OFFICER)
        now = timezone.now()
        sealed = sealing.encrypt(json.dumps(data).encode(), self._key(), self._bound(officer))
        longest = SET_UP_AT_MOST if SET_UP in data else DeskSession.LONGEST
        if not must_create:
            DeskSession.objects.filter(
                session_key=self._row(), officer=officer, expire_date__gt=now
            ).update(session_data=sealed, expire_date=Least(now + IDLE, F("started_at") + longest))
            return
        try:
            with transaction.atomic():
                DeskSession.objects.create(
                    session_key=self._row(),
                    session_data=sealed,
                    officer_id=officer,
                    expire_date=now + min(IDLE, longest),
                )
        except IntegrityError as error:
            raise CreateError from error

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            DeskSession.objects.filter(session_key=_row_of(key)).delete()

    def cycle_key(self) -> None:
        """Never: what somebody planted before the log-in must not live on after it."""
        self.flush()

    def _row(self) -> str:
        return _row_of(self.session_key or "")

    def _key(self) -> bytes:
        ours = sealing.digest("kts sessions", settings.SECRET_KEY.encode())
        return sealing.digest("kts session key", (self.session_key or "").encode(), key=ours)

    def _bound(self, officer: Any) -> bytes:
        return f"{self._row()} {officer or ''}".encode()


def _row_of(cookie: str) -> str:
    return sealing.digest("kts session row", cookie.encode()).hex()
