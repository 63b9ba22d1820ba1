"""A thief of the disk who asks the mails when a tip came."""

import time
from collections.abc import Iterator

import pytest

from tests.alarms.smtp import Server, smtp_server
from tests.attacks import store
from tests.attacks.visitor import Visitor
from tests.operations import own_housekeeping
from tests.running import RunningSite, kill, until
from tips.crypto import receipts


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with smtp_server() as server:
        yield server


@pytest.fixture(scope="module")
def mailing_site(server: Server) -> Iterator[RunningSite]:
    """A site whose mail leaves."""
    site = RunningSite(
        EMAIL_URL=f"smtp://127.0.0.1:{server.port}?from=site@example.org",
        DESK_EMAIL="desk@example.org",
    ).after_first_start()
    yield site.start()
    site.throw_away()


def send_danger(site: RunningSite) -> None:
    page = Visitor().send(
        f"{site.url}/report/",
        what_happened="They keep passports.",
        danger_now="yes",
        submission=receipts.new_idempotency_key(),
    )
    assert "receipt-code" in page.page


def urgent(server: Server) -> int:
    return sum("URGENT" in str(one.message["Subject"]) for one in server.taken)


def test_the_mail_process_is_kept_up_and_mails_within_a_minute(
    mailing_site: RunningSite, server: Server
) -> None:
    (sender,) = until(lambda: senders(mailing_site), what="the mail process")
    kill(sender)
    before = urgent(server)
    send_danger(mailing_site)
    until(lambda: urgent(server) > before, 60, "the mail")
    assert senders(mailing_site) != [sender]


def senders(site: RunningSite) -> list[int]:
    return [number for number, command in site.processes().items() if "manage.py mail" in command]


def test_after_a_stop_no_file_knows_when_a_mail_left(
    mailing_site: RunningSite, server: Server
) -> None:
    """With a control: before, the outbox and the log of changes do."""
    with own_housekeeping.waits(mailing_site):
        store.rows(mailing_site, "DELETE FROM tips_mail")  # two minutes lie between two mails
        before, began = urgent(server), time.time() - 1
        send_danger(mailing_site)
        until(lambda: urgent(server) > before, 90, "the mail")
        until(lambda: not store.rows(mailing_site, UNSENT), 30, "the mail marked as sent")
        ended = time.time() + 1
        found = store.timestamps_between(mailing_site, began, ended)
    assert any("pg_wal/" in name for name in found)
    until(lambda: time.time() > ended + 1, 5)
    assert mailing_site.stop() == 0
    assert not store.timestamps_between(mailing_site, began, ended)
    mailing_site.start()
    (row,) = store.rows(mailing_site, "SELECT count(*) FROM tips_mail WHERE body <> ''")
    assert row["count"] == 0


UNSENT = "SELECT id FROM tips_mail WHERE sent_at IS NULL"
