"""What is done once more when the site stops, and whether the starter is told that it was not."""

import os
from contextlib import closing

import psycopg2
import pytest
from django.core.management import CommandError, call_command

from tests.cast import Person, hire, send
from tests.database.acting import database, hang_up, on_disk
from tips.access import accounts
from tips.housekeeping import lock_limit, rewriting
from tips.management.commands import housekeeping
from tips.models import Officer, OfficerKey

pytestmark = pytest.mark.django_db(transaction=True)


def before_stop() -> None:
    hang_up()
    call_command("housekeeping", "--before-stop")


def test_what_a_leaver_had_is_in_no_file_after_a_stop(sam: Person) -> None:
    leaver = hire("kim", Officer.Role.OFFICER, sam).officer
    wrapped = bytes(OfficerKey.objects.get(officer=leaver).wrapped)[40:90]
    hang_up()
    rewriting.after_acts_on_keys()
    accounts.deactivate(officer=leaver, by=sam.officer, held=sam.held)
    assert on_disk("tips_officerkey", wrapped)
    before_stop()
    assert not on_disk("tips_officerkey", wrapped)


def test_it_fails_where_somebody_holds_a_table(
    sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_limit, "LOCK_LIMIT", "50ms")
    send()
    with closing(psycopg2.connect(os.environ["DATABASE_URL"], dbname=database())) as somebody:
        somebody.cursor().execute("LOCK TABLE tips_alarm IN ACCESS SHARE MODE")
        with pytest.raises(CommandError, match="Not all was taken off the disk"):
            before_stop()
    before_stop()


def test_it_fails_where_another_housekeeping_is_at_work(
    sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "ALONE_WITHIN", 0)
    with closing(psycopg2.connect(os.environ["DATABASE_URL"], dbname=database())) as somebody:
        somebody.cursor().execute("SELECT pg_try_advisory_lock(%s)", (housekeeping.LOCK,))
        with pytest.raises(CommandError, match="Another housekeeping is at work"):
            before_stop()
        hang_up()
        call_command("housekeeping")  # every minute there is a next one
