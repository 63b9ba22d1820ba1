"""How mail leaves: servers that refuse, hang, drip and die, and what the mails say."""

import re
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.alarms.clock import Clock
from tests.alarms.smtp import Server
from tests.variants import played
from tips.alarms import outbox, planning, sending
from tips.models import Mail, Tip

pytestmark = pytest.mark.django_db

DESK = ["desk@example.org", "duty@example.org"]


def test_a_mail_says_since_which_hour_and_nothing_of_the_tip(server: Server, clock: Clock) -> None:
    tip = clock.tip(
        danger_now="yes",
        what_happened="They keep her passport.",
        district="dennery",
        under_18="yes",
        contact_name="Mara",
    )
    clock.tick()
    (message,) = (one.message for one in server.taken if one.recipient == DESK[0])
    assert message["Subject"] == "Know the Signs: URGENT, something waits"
    assert message["To"] == "desk@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert re.fullmatch(r"<[0-9a-f-]{36}@example\.org>", str(message["Message-ID"]))
    body = message.get_payload()
    first = body.splitlines()[0]
    assert first.startswith("URGENT: something waits at the desk since Sat 28 Nov, 03h")
    assert len(first) < 140
    assert first.isascii()
    whole = str(message).lower()
    for word in (str(tip), str(tip.pk), "dennery", "passport", "mara", "child", "1 tip", "sam"):
        assert word.lower() not in whole, word
    # Of the tip no minute: the only ones are those at which the mail was sent.
    assert not re.search(r"\d:\d\d", body.replace("127.0.0.1:8001", ""))


def test_one_mailbox_that_refuses_keeps_no_other_waiting_and_is_tried_ever_more_slowly(
    server: Server, clock: Clock
) -> None:
    server.refused.add("desk@example.org")
    clock.tip(danger_now="yes")
    clock.tick()
    assert server.recipients == ["duty@example.org"]
    mail = Mail.objects.get(sent_at=None)
    assert mail.failed == "SMTPRecipientsRefused"
    waits = []
    for _ in range(7):
        due = Mail.objects.get(pk=mail.pk).due_at
        waits.append((due - clock.now) // timedelta(minutes=1))
        clock.now = due
        sending.deliver(clock)
    assert waits == [1, 1, 2, 5, 10, 15, 15]
    server.refused.clear()
    clock.now += timedelta(minutes=15)
    sending.deliver(clock)
    assert server.taken[-1].id.startswith(f"<{mail.pk}@")


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("fault", ["hangs", "drips"])
def test_a_silent_or_dripping_server_is_left_and_asked_for_the_next_mailbox_in_the_next_round(
    server: Server, clock: Clock, fault: str
) -> None:
    getattr(server, fault).add("desk@example.org")
    clock.tip(danger_now="yes")
    began = time.monotonic()
    clock.tick()
    clock.now += clock.TICK
    clock.tick()
    assert time.monotonic() - began < 30  # it hangs for a minute
    assert server.recipients == ["duty@example.org"]
    assert Mail.objects.get(sent_at=None).failed in ("SMTPServerDisconnected", "OutOfTimeError")


def test_a_round_ends_in_time_however_much_waits(
    server: Server, clock: Clock, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DUTY_EMAIL = [f"duty{number}@example.org" for number in range(20)]
    monkeypatch.setattr(sending, "ROUND", 0.5)
    server.drips.add("*")
    clock.tip(danger_now="yes")
    began = time.monotonic()
    clock.tick()
    assert time.monotonic() - began < sending.ONE_MAIL  # which this mail has for itself


def test_a_server_that_dies_after_the_data_is_sent_the_same_message_again(
    server: Server, clock: Clock
) -> None:
    server.dies_after_data.add("desk@example.org")
    clock.tip(danger_now="yes")
    clock.tick()
    clock.go(minutes=1)
    server.dies_after_data.clear()
    clock.go(minutes=3)
    ids = [one.id for one in server.taken if one.recipient == "desk@example.org"]
    assert len(ids) > 1
    assert len(set(ids)) == 1
    assert not Mail.objects.filter(sent_at=None).exists()


def test_what_comes_after_a_mail_that_may_have_arrived_is_another_mail(
    server: Server, clock: Clock
) -> None:
    """A mailbox that has the first one would drop its repeat, and tell nobody of the second tip."""
    server.dies_after_data.add("*")
    clock.tip(danger_now="yes")
    clock.tick()
    first = {one.id for one in server.taken}
    server.dies_after_data.clear()
    clock.tip(danger_now="yes")
    clock.go(minutes=5)
    assert {one.recipient for one in server.taken if one.id not in first} == set(DESK)


def test_without_any_server_it_goes_on_trying_and_everything_arrives_in_the_end(
    server: Server, clock: Clock, settings: Any
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    clock.tip(danger_now="yes")
    clock.go(minutes=8)
    assert set(Mail.objects.values_list("failed", flat=True)) == {"ConnectionRefusedError"}
    settings.EMAIL_PORT = port
    clock.go(minutes=6)
    assert set(server.recipients) == set(DESK)


def test_whoever_is_no_longer_to_be_told_is_tried_no_more(
    server: Server, clock: Clock, settings: Any
) -> None:
    server.refused.add("desk@example.org")
    clock.tip(danger_now="yes")
    clock.tick()
    settings.DESK_EMAIL = []
    clock.tick()
    assert not Mail.objects.filter(sent_at=None).exists()


def test_a_delivered_mail_keeps_no_word_and_soon_no_minute(server: Server, clock: Clock) -> None:
    clock.tip(danger_now="yes")
    clock.tick()
    hour = clock.now.replace(minute=0, second=0)
    assert {mail.body for mail in Mail.objects.all()} == {""}
    assert {mail.sent_at for mail in Mail.objects.all()} == {clock.now}
    clock.now += timedelta(minutes=14)
    clock.tick()
    assert Mail.objects.filter(sent_at=hour).count() == 0
    clock.now += timedelta(minutes=5)
    clock.tick()
    old = Mail.objects.order_by("pk").filter(sent_at=hour)
    assert [(mail.made_at, mail.due_at) for mail in old] == 2 * [(hour, hour)]
    clock.now += timedelta(days=8, hours=1)
    Tip.objects.update(status="closed", outcome="junk", closed_on=clock.now.date())
    clock.tick()
    assert not Mail.objects.filter(sent_at=hour).exists()


class AlarmLine(ThreadingHTTPServer):
    """What ALARM_URL leads to; answers as it is told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.answer, self.seconds = 204, 0.0
        self.posted: list[tuple[str, dict[str, str], bytes]] = []


class _Answer(BaseHTTPRequestHandler):
    server: AlarmLine

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, dict(self.headers), body))
        time.sleep(self.server.seconds)
        self.send_response(self.server.answer)
        if self.server.answer in (302, 307):
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def line(server: Server, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[AlarmLine]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")  # whatever this machine asks for the world
    line = AlarmLine()
    threading.Thread(target=line.serve_forever, daemon=True).start()
    settings.ALARM_URL = f"http://127.0.0.1:{line.server_address[1]}/ring"
    yield line
    line.shutdown()
    line.server_close()


def test_the_alarm_line_is_posted_one_fixed_line_with_danger_alone(
    line: AlarmLine, clock: Clock
) -> None:
    clock.tip()
    clock.go(minutes=20)
    assert not line.posted
    clock.tip(danger_now="yes")
    clock.tick()
    ((path, headers, body),) = line.posted
    assert (path, body) == ("/ring", b"Know the Signs: URGENT, something waits\n")
    assert headers["Content-Type"].startswith("text/plain")
    assert headers["User-Agent"] == "know-the-signs"


@pytest.mark.parametrize("answer", played((302, 307, 404, 500), 302, 307, 500))
def test_whatever_is_not_2xx_is_tried_again_and_no_redirect_followed(
    line: AlarmLine, clock: Clock, answer: int
) -> None:
    line.answer = answer
    clock.tip(danger_now="yes")
    clock.tick()
    assert Mail.objects.get(recipient="").failed == "HTTPError"
    line.answer = 200
    clock.go(minutes=2)
    assert Mail.objects.get(recipient="").sent_at
    assert [path for path, _, _ in line.posted] == ["/ring", "/ring"]
    assert len({headers["Idempotency-Key"] for _, headers, _ in line.posted}) == 1


def test_an_alarm_line_that_hangs_keeps_no_mail_waiting(
    line: AlarmLine, server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "ALARM_LINE", 0.3)
    line.seconds = 3
    clock.tip(danger_now="yes")
    clock.tick()
    assert server.recipients == DESK
    assert Mail.objects.get(recipient="").tries == 1


@pytest.mark.usefixtures("hurried")
def test_a_dead_mail_server_keeps_no_alarm_line_waiting(
    line: AlarmLine, server: Server, clock: Clock
) -> None:
    server.hangs.add("*")
    clock.tip(danger_now="yes")
    clock.tick()
    assert len(line.posted) == 1


def test_what_one_sender_has_claimed_another_leaves_alone(server: Server, clock: Clock) -> None:
    clock.tip(danger_now="yes")
    planning.plan(clock.now)
    claimed = [outbox.claim(clock.now, of_alarm_line=False) for _ in range(3)]
    assert sorted(mail.recipient for mail in claimed if mail) == DESK
    clock.now += outbox.LEASE
    assert outbox.claim(clock.now, of_alarm_line=False)
