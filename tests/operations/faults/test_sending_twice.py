"""The same sending many times at once, from several processes' points of view."""

from concurrent.futures import ThreadPoolExecutor

from tests.networks import new_network
from tests.operations.faults.crowd import Answer, ask, post
from tests.running import RunningSite
from tips.crypto import receipts

TIPS = "SELECT count(*) FROM tips_tip"
MESSAGES = "SELECT count(*) FROM tips_message"
# Whatever PostgreSQL refused was rolled back.
FAILED = "SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()"


def at_once(site: RunningSite, count: int, **fields: str) -> list[Answer]:
    """The answers to so many equal sendings in parallel, all from one network."""
    source = new_network()
    with ThreadPoolExecutor(count) as pool:
        sendings = [pool.submit(post, site, source=source, **fields) for _ in range(count)]
        return [sending.result() for sending in sendings]


def test_twenty_equal_sendings_are_one_tip_with_one_code(site: RunningSite) -> None:
    before, failed = ask(site, TIPS), ask(site, FAILED)
    for _ in range(5):
        answers = at_once(
            site,
            20,
            submission=receipts.new_idempotency_key(),
            what_happened="They are watched.",
        )
        assert {answer.status for answer in answers} == {200}
        assert len({(answer.reference, answer.code) for answer in answers}) == 1
        assert answers[0].code
    assert ask(site, TIPS) == [before[0] + 5]
    assert ask(site, FAILED) == failed


def test_twenty_sendings_without_a_page_key_are_twenty_tips(site: RunningSite) -> None:
    answers = at_once(site, 20, what_happened="They are watched.")
    assert len({answer.reference for answer in answers}) == 20
    assert len({answer.code for answer in answers}) == 20


def test_equal_messages_are_stored_once(site: RunningSite) -> None:
    code, before = post(site, what_happened="They are watched.").code, ask(site, MESSAGES)
    page = receipts.new_idempotency_key()
    answers = at_once(
        site, 10, path="/follow-up/", submission=page, code=code, message="It goes on."
    )
    assert {answer.status for answer in answers} == {200}
    assert ask(site, MESSAGES) == [before[0] + 1]
