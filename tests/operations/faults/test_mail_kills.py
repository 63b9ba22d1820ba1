"""The mail process killed wherever it is: nothing is lost, and a repeat is the same message."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL

import pytest
from django.db import connection
from django.utils import timezone

from slu_antitrafficking.start.options import ROOT
from slu_antitrafficking.start.processes import tied_to_us
from tests.alarms.hurried import POINTS, SPEED
from tests.alarms.smtp import Server, smtp_server
from tests.cast import Person, send
from tests.running import kill, until
from tips.models import Mail, MorningDigits

pytestmark = pytest.mark.django_db(transaction=True)

DESK = ["desk@example.org", "duty@example.org"]
FIVE_MINUTES = 5 * 60 / SPEED  # seconds


@pytest.fixture(scope="module")
def _server() -> Iterator[Server]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def server(_server: Server, sam: Person) -> Server:
    MorningDigits.objects.create(
        day=timezone.localdate(), digits="0000"
    )  # else the morning mail counts
    _server.taken.clear()
    return _server


class Senders:
    """Mail processes, twenty times as fast as the real one, which die at a point."""

    def __init__(self, server: Server) -> None:
        place = connection.settings_dict
        who = f"{place['USER']}:{place['PASSWORD']}"
        url = f"postgresql://{who}@/{place['NAME']}?host={place['HOST']}&port={place['PORT']}"
        self._forks = subprocess.Popen(
            [sys.executable, "-m", "tests.alarms.hurried"],
            cwd=ROOT,
            env=os.environ
            | {
                "OWNER_DATABASE_URL": url,
                "EMAIL_URL": f"smtp://127.0.0.1:{server.port}?from=site@example.org",
                "DESK_EMAIL": DESK[0],
                "DUTY_EMAIL": DESK[1],
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            preexec_fn=tied_to_us(),
            text=True,
        )
        self._going: set[int] = set()

    def start(self, point: str = "") -> int:
        """The number of one more."""
        number = self._ask(f"fork {point}")
        self._going.add(number)
        return number

    def died(self, number: int) -> bool:
        """Whether it has: its parent has not asked for its end yet, so that it can be seen."""
        return ") Z " in Path(f"/proc/{number}/stat").read_text()

    def end(self, number: int) -> int:
        """How it ended, once it has."""
        self._going.remove(number)
        return self._ask(f"wait {number}")

    def kill_all(self) -> None:
        """The machine might."""
        for number in list(self._going):
            kill(number)
            self.end(number)

    def close(self) -> None:
        """No more of them."""
        self._forks.communicate()

    def _ask(self, line: str) -> int:
        assert self._forks.stdin
        assert self._forks.stdout
        self._forks.stdin.write(f"{line}\n")
        self._forks.stdin.flush()
        return int(self._forks.stdout.readline())


@pytest.fixture(scope="module")
def _senders(django_db_setup: None, _server: Server) -> Iterator[Senders]:
    senders = Senders(_server)
    yield senders
    senders.close()


@pytest.fixture
def senders(_senders: Senders, server: Server) -> Iterator[Senders]:
    yield _senders
    _senders.kill_all()


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_it_loses_nothing_and_repeats_at_most_the_same_message(
    server: Server, senders: Senders, point: str
) -> None:
    send(danger_now="yes")
    assert senders.end(senders.start(point)) == -SIGKILL
    senders.start()
    until(lambda: set(server.recipients) == set(DESK) and not waiting(), 60, "both mails")
    assert len({one.id for one in server.taken}) == 2
    # Only what was sent and not marked is sent again.
    assert len(server.taken) == (3 if point == "sent" else 2)


def waiting() -> bool:
    return Mail.objects.filter(sent_at=None).exists()


def test_five_at_twenty_times_the_speed_arrive_within_five_minutes_with_two_kills_each(
    server: Server, senders: Senders
) -> None:
    waited = []
    for _ in range(5):
        points = [random.choice(POINTS), random.choice(POINTS), ""]
        going = [senders.start(points.pop(0))]
        send(danger_now="yes")
        sent = time.monotonic()

        def all_have_it() -> bool:
            # When the one that goes has died, the next begins.
            if senders.died(going[-1]):  # noqa: B023
                going.append(senders.start(points.pop(0)))  # noqa: B023
            return have_a_new_one(server, sent) == set(DESK)  # noqa: B023

        until(all_have_it, 3 * FIVE_MINUTES, "both mailboxes")
        waited.append(time.monotonic() - sent)
        senders.kill_all()
    assert max(waited) <= FIVE_MINUTES


def have_a_new_one(server: Server, since: float) -> set[str]:
    """Whose mailboxes took a mail since then, and not the repeat of one from before."""
    known = {(one.recipient, one.id) for one in server.taken if one.at <= since}
    return {one.recipient for one in server.taken if (one.recipient, one.id) not in known}
