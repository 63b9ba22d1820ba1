"""Somebody changes the doors' roles on the running site: it mends itself."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from slu_antitrafficking.start.options import MANAGE
from tests.operations import own_housekeeping
from tests.running import RunningSite, until


def change(site: RunningSite) -> None:
    """The public door's password is another, the desk's right to connect is gone, both at once."""
    connection = psycopg2.connect(site.superuser_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("ALTER ROLE know_the_signs_public PASSWORD 'a thief''s'")
        cursor.execute("REVOKE CONNECT ON DATABASE know_the_signs FROM know_the_signs_desk")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename IN ('know_the_signs_public', 'know_the_signs_desk')"
        )
    connection.close()
    until(lambda: not any(answers_well(site)), 10, "both doors without their database")


def answers_well(site: RunningSite) -> list[bool]:
    return [site.health(path) == 200 for path in site.sockets]


@pytest.fixture(autouse=True)
def forgotten(site: RunningSite) -> Iterator[None]:
    """What was wrong is shown for a day; other tests have the site as it was."""
    yield
    connection = psycopg2.connect(site.owner_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("UPDATE tips_upkeep SET problem = '', failed_since = NULL, done_at = now()")
    connection.close()


def red_lines(site: RunningSite) -> dict[str, str]:
    """What the desk's start page shows in red."""
    connection = psycopg2.connect(site.owner_url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, problem FROM tips_upkeep WHERE problem <> ''")
        found = dict(cursor.fetchall())
    connection.close()
    return found


RED_LINES = {
    "Roles of the doors": "The password of the public door's role was changed. Set again.",
    "Rights of the doors": "desk lacks CONNECT on know_the_signs. Set again.",
}


def housekeeping(site: RunningSite) -> None:
    """What the starter runs every minute, without waiting for it."""
    lines = Path(f"/proc/{site.gunicorn('public')}/environ").read_bytes().decode().split("\0")
    door = dict(line.split("=", 1) for line in lines if "=" in line)
    environment = site.environment | {
        "SERVE": "both",
        "OWN_CLUSTER": "1",
        "OWNER_DATABASE_URL": site.owner_url,
        "PUBLIC_DATABASE_URL": door["DATABASE_URL"],
    }
    subprocess.run([*MANAGE, "housekeeping"], env=environment, check=True)


def test_the_next_housekeeping_sets_a_password_and_a_right_again(site: RunningSite) -> None:
    with own_housekeeping.rests(site):
        change(site)
        housekeeping(site)
    until(lambda: all(answers_well(site)))
    assert red_lines(site).items() >= RED_LINES.items()


@pytest.mark.audit
def test_within_a_minute_both_doors_are_back_by_themselves(site: RunningSite) -> None:
    change(site)
    began = time.monotonic()
    until(lambda: all(answers_well(site)), 60, "both doors with their database")
    assert red_lines(site).items() >= RED_LINES.items()
    assert time.monotonic() - began < 60
