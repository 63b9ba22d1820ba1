"""Of two who call a function at once, the second waits and sees what the first did."""

from collections.abc import Callable
from contextlib import closing

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction

from tests.cast import Person
from tests.database.acting import ask
from tests.database.calling import GOOD, active_kid, add, complete_call, receive, receive_call
from tests.database.rotating import arguments, rotate
from tips.models import Tip


@transaction.atomic
def impatient(act: Callable[[], str]) -> None:
    ask("SELECT set_config('lock_timeout', '100ms', true)")
    act()


@pytest.mark.django_db(transaction=True)
def test_each_function_locks_its_row_before_it_looks(sam: Person) -> None:
    assert receive() == "received"
    assert add() == "received"
    call = "6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0f"
    other = {"p_id": call, "p_lookup_id": b"o" * 32, "p_content_digest": b"o" * 32}
    assert receive_call(sam.officer.username, **other) == "received"
    rotation = arguments(sam, sam)
    acts = {
        f"tips_tip WHERE id = '{GOOD['p_id']}'": (add, "repeated"),
        f"tips_tip WHERE id = '{call}'": (
            lambda: complete_call("nobody", p_id=call),
            "not_taken_by_you",
        ),
        "tips_deskkey": (lambda: rotate(rotation | {"p_old_kid": b"nokey123"}), "stale"),
    }
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    for row, (act, outcome) in acts.items():
        assert act() == outcome
        with closing(psycopg2.connect(**parameters)) as somebody:
            somebody.cursor().execute(f"SELECT FROM public.{row} FOR UPDATE")
            with pytest.raises(DatabaseError, match="lock timeout"):
                impatient(act)
    assert Tip.objects.count() == 2
    assert active_kid()
