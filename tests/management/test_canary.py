"""The trial tip of an upgrade."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tests.cast import Person, send
from tips.crypto import active_key
from tips.database.rights import database_of, role_names
from tips.models import Alarm, DeskKey, EscrowedCode, Event, Tip

pytestmark = pytest.mark.django_db


def rows() -> list[int]:
    return [model.objects.count() for model in (Tip, Event, Alarm, EscrowedCode)]


@pytest.mark.django_db(transaction=True)
def test_it_is_taken_and_nothing_of_it_is_there(sam: Person) -> None:
    send()
    before = rows()
    call_command("canary")
    assert rows() == before
    with connection.cursor() as cursor:  # and who called it is the owner again
        cursor.execute("SELECT current_user = session_user")
        assert cursor.fetchone() == (True,)


def test_it_fails_where_no_tip_could_be_taken(sam: Person) -> None:
    DeskKey.objects.update(retired_at=timezone.now())
    active_key.forget()
    with pytest.raises(CommandError, match="NoDeskKey"):
        call_command("canary")
    active_key.forget()


def test_it_sees_with_the_public_door_s_eyes(sam: Person) -> None:
    with connection.cursor() as cursor:
        public = role_names(database_of(cursor)).public
        cursor.execute("SELECT oid::regprocedure FROM pg_proc WHERE proname = 'receive_tip'")
        (function,) = cursor.fetchone()
        cursor.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM {public}")
    with pytest.raises(CommandError, match="ProgrammingError"):
        call_command("canary")
