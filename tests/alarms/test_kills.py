"""The mail process killed wherever it is: nothing is lost, and a repeat is the same message."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from signal import SIGKILL

import pytest
from django.db import connection
from django.utils import timezone

from slu_antitrafficking.start.options import ROOT
from slu_antitrafficking.start.processes import tied_to_us
from tests.alarms.hurried import POINTS, SPEED
from tests.alarms.smtp import Server, smtp_server
from tests.cast import Person, send
from tests.running import until
from tips.models import Mail, MorningDigits

pytestmark = pytest.mark.django_db(transaction=True)

DESK = ["desk@example.org", "duty@example.org"]
FIVE_MINUTES = 5 * 60 / SPEED  # seconds
Sender = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def server(sam: Person) -> Iterator[Server]:
    MorningDigits.objects.create(
        day=timezone.localdate(), digits="0000"
    )  # else the morning mail counts
    with smtp_server() as server:
        yield server


@pytest.fixture
def sender(server: Server) -> Iterator[Sender]:
    """Starts a mail process, twenty times as fast as the real one, which dies at a point."""
    started: list[subprocess.Popen[bytes]] = []
    place = connection.settings_dict
    url = f"postgresql://{place['USER']}:{place['PASSWORD']}@/{place['NAME']}?host={place['HOST']}"
    environment = os.environ | {
        "OWNER_DATABASE_URL": f"{url}&port={place['PORT']}",
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}?from=site@example.org",
        "DESK_EMAIL": DESK[0],
        "DUTY_EMAIL": DESK[1],
    }

    def start(*point: str) -> subprocess.Popen[bytes]:
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.alarms.hurried", *point],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                preexec_fn=tied_to_us(),
            )
        )
        return started[-1]

    yield start
    for process in started:
        end(process)


def begin(process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    """Lets one that was started go; what it takes to start a Python is not hurried."""
    assert process.stdin
    process.stdin.write(b"\n")
    process.stdin.close()
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdin:
        process.stdin.close()


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_it_loses_nothing_and_repeats_at_most_the_same_message(
    server: Server, sender: Sender, point: str
) -> None:
    send(danger_now="yes")
    assert begin(sender(point)).wait(60) == -SIGKILL
    begin(sender())
    until(lambda: set(server.recipients) == set(DESK) and not waiting(), 60, "both mails")
    assert len({one.id for one in server.taken}) == 2
    # Only what was sent and not marked is sent again.
    assert len(server.taken) == (3 if point == "sent" else 2)


def waiting() -> bool:
    return Mail.objects.filter(sent_at=None).exists()


def test_five_at_twenty_times_the_speed_arrive_within_five_minutes_with_two_kills_each(
    server: Server, sender: Sender
) -> None:
    waited = []
    for _ in range(5):
        line = [sender(random.choice(POINTS)), sender(random.choice(POINTS)), sender()]
        begin(line[0])
        send(danger_now="yes")
        sent = time.monotonic()
        until(lambda: all_have_it(server, sent, line), 3 * FIVE_MINUTES, "both mailboxes")  # noqa: B023
        waited.append(time.monotonic() - sent)
        for process in line:
            end(process)
    assert max(waited) <= FIVE_MINUTES


def all_have_it(server: Server, since: float, line: list[subprocess.Popen[bytes]]) -> bool:
    """Whether both mailboxes have a new mail. When the first in line died, the next one begins."""
    if line[0].poll() is not None:
        line.append(line.pop(0))
        begin(line[0])
    known = {(one.recipient, one.id) for one in server.taken if one.at <= since}
    new = {one.recipient for one in server.taken if (one.recipient, one.id) not in known}
    return new == set(DESK)
