"""Whatever the desk shows of what was sealed, or gives away, is on the trail before its first byte;
and where the trail cannot be written, it is not shown.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test import Client

from tests.admin.desk import LOG_IN, PHOTO, QUEUE, credentials, enter, field, stamp_of, url_of
from tests.cast import Person, send, tip_of, write
from tests.database.acting import run
from tips.admin import pages
from tips.crypto import receipts
from tips.models import DeskSession, Tip

pytestmark = pytest.mark.django_db(transaction=True)
STORY, NOTE = "They keep her passport in a drawer.", "Kept while somebody works."
EVENTS = "/desk/tips/event/"


class Desk(NamedTuple):
    """A browser, whose it is, and a tip with a photo that this person may open."""

    client: Client
    person: Person
    tip: Tip
    minutes: Iterator[int]  # digits of these have not been typed yet

    def post(self, rest: str, **typed: Any) -> Any:
        """To an address below the tip's."""
        return self.client.post(url_of(self.tip, rest), stamp_of(self.tip, self.person) | typed)


def after_log_in(desk: Desk) -> Any:
    DeskSession.objects.all().delete()
    page = desk.post("note/", note=NOTE).content.decode()
    carried = {"carried": field(page, "carried"), "next": field(page, "next")}
    return desk.client.post(LOG_IN, credentials(desk.person, ahead=next(desk.minutes), **carried))


def call(desk: Desk) -> Any:
    form = {
        "officer": pages.name_tag(desk.person.officer),
        "submission": receipts.new_idempotency_key(),
        "what_happened": "A boy.",
        "channel": "phone",
        "act": "save",
    }
    return desk.client.post(f"{QUEUE}add/", form)


class Case(NamedTuple):
    """What is asked for, by whom, which event says so, and what of the sealed is in the answer."""

    ask: Callable[[Desk], Any]
    verb: str
    shown: str = STORY
    who: str = "kim"


CASES = {
    "tip": Case(lambda desk: desk.client.get(url_of(desk.tip)), "opened"),
    "tip of the pile": Case(lambda desk: desk.client.get(f"{url_of(desk.tip)}?pile=1"), "opened"),
    "tip with a photo": Case(lambda desk: desk.client.get(f"{url_of(desk.tip)}?photo=1"), "opened"),
    "tip, kept": Case(lambda desk: desk.post("", note=NOTE), "opened"),
    "tip, a verb refused": Case(lambda desk: desk.post("note/"), "opened"),
    "tip, words left": Case(lambda desk: desk.post("note/", note="Seen.", answer=NOTE), "opened"),
    "tip, photos asked for": Case(lambda desk: desk.post("photo/", photo="1", note=NOTE), "opened"),
    "tip, an answer that repeats it": Case(
        lambda desk: desk.post("reply/", answer="They keep PA 1234?"), "opened"
    ),
    "tip, after a log-in": Case(after_log_in, "opened"),
    "tip, a translation with words left": Case(
        lambda desk: desk.post("translate/", translation="Ils…", into="fr", note=NOTE), "opened"
    ),
    "tip, left in the pile with words": Case(
        lambda desk: desk.client.post(
            f"/desk/pile/{desk.tip.pk}/leave/", stamp_of(desk.tip, desk.person) | {"note": NOTE}
        ),
        "opened",
    ),
    "photo": Case(lambda desk: desk.client.get(url_of(desk.tip, "photo/1/")), "photo", "a picture"),
    "search": Case(
        lambda desk: desk.client.post(f"{QUEUE}find/", {"terms": "passport drawer"}),
        "searched",
        'class="found-in"',
    ),
    "call, with its code": Case(call, "code_shown", 'id="receipt-code"'),
    "trail, printed": Case(
        lambda desk: desk.client.post(f"{EVENTS}print/"), "trail_printed", "came", who="ada"
    ),
    "trail, as a table": Case(
        lambda desk: desk.client.post(f"{EVENTS}table/"), "trail_exported", "came", who="ada"
    ),
    "access": Case(
        lambda desk: desk.client.post(f"/desk/tips/officer/{desk.person.officer.pk}/give-access/"),
        "access_given",
        'id="one-time-passphrase"',
        who="sam",
    ),
}


@pytest.fixture
def desk(kim: Person, case: Case, request: pytest.FixtureRequest) -> Desk:
    receipt = send(what_happened=STORY, vehicles_phones_online="PA 1234")
    write(receipt, "More.", PHOTO)
    who: Person = request.getfixturevalue(case.who)
    client = enter(who)
    client.raise_request_exception = False
    return Desk(client, kim, tip_of(receipt), iter((0, 1)))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_event_is_committed_when_the_answer_begins_and_without_it_nothing_is_shown(
    desk: Desk, case: Case
) -> None:
    with watched(case.verb) as counts:
        answer = case.ask(desk)  # of which no byte was read yet
    before, begun = counts
    assert begun > before
    assert answer.status_code == 200
    assert case.shown.encode() in body(answer)
    with refusing(case.verb):
        answer = case.ask(desk)
    assert answer.status_code >= 500
    assert case.shown.encode() not in body(answer)


def body(answer: Any) -> bytes:
    return b"".join(answer) if answer.streaming else bytes(answer.content)


@contextmanager
def watched(verb: str) -> Iterator[list[int]]:
    """How many such events somebody else sees, before and when the answer is about to leave."""
    other = connection.copy()

    def count() -> int:
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM tips_event WHERE verb = %s", (verb,))
            return int(cursor.fetchone()[0])

    counts = [count()]
    try:
        yield counts
        counts.append(count())
    finally:
        other.close()


@contextmanager
def refusing(verb: str) -> Iterator[None]:
    """A trail that takes every event but these."""
    run(
        "CREATE FUNCTION refuse_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF NEW.verb = '{verb}' THEN RAISE EXCEPTION 'the trail is full'; END IF;"
        " RETURN NEW; END $$"
    )
    run(
        "CREATE TRIGGER refuse BEFORE INSERT ON tips_event"
        " FOR EACH ROW EXECUTE FUNCTION refuse_event()"
    )
    try:
        yield
    finally:
        run("DROP FUNCTION refuse_event() CASCADE")
