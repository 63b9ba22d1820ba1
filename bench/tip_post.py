"""tip-post: tips a second at the public door, beside a bare Django view and a bare program."""

import re
import secrets
from collections.abc import Callable
from contextlib import ExitStack

from bench import load, stage
from bench.figure import Figure, compared
from bench.stage import Served, Stage

ROUNDS = 5
# Several times as long as workers live at this load (slu_antitrafficking/recycling.py): else their
# replacements can fall on one side alone, round after round.
SECONDS = 8.0
STORY = (
    "Behind the guest house at the end of the road there are six or seven women in two rooms. "
    "A man takes them out after dark in a white van and brings them back before six. They never "
    "go to the shop alone. One told my cousin that he keeps all their passports, and that she "
    "owes him more every week. On Sunday I heard somebody crying and a man shouting in Spanish. "
)


def measure() -> list[Figure]:
    """Rounds of a few seconds in turn on one database; every answered tip must be in it.

    The form of our page is sent in parts; a figure of its own says what that costs.
    """
    with stage.stage("tip_post") as ground, ExitStack() as served:
        with ground.sql() as cursor:
            cursor.execute("CREATE TABLE bare_tip (id uuid PRIMARY KEY, document bytea NOT NULL)")
        ours = served.enter_context(ground.door("public"))
        signs = signs_of(ours)
        django, wsgi = (
            served.enter_context(ground.bare(module, SIGNS=",".join(signs)))
            for module in ("django", "wsgi")
        )
        for server in (ours, django, wsgi):
            ready(server, signs)
        lanes = [(ours, False), (django, False), (wsgi, False), (ours, True), (django, True)]
        rates: list[list[float]] = [[] for _ in lanes]
        for _round in range(ROUNDS):
            for (server, in_parts), found in zip(lanes, rates, strict=True):
                make = requests(server, signs, in_parts=in_parts)
                found.append(load.rate(server.port, make, SECONDS))
        all_there(ground, rates[0] + rates[3])
    mine, views, programs, mine_in_parts, views_in_parts = rates
    return [
        compared("tip-post", mine, views, "/s", ">= 0.5"),
        compared("tip-post-wsgi", mine, programs, "/s", ">= 0.2"),
        compared("tip-post-in-parts", mine_in_parts, views_in_parts, "/s", ">= 0.5"),
    ]


def requests(server: Served, signs: list[str], *, in_parts: bool = False) -> Callable[[int], bytes]:
    """Makes the n-th tip: every field filled, and none like another."""

    def make(number: int) -> bytes:
        return load.post(server.port, "/report/", fields(number, signs), in_parts=in_parts)

    return make


def fields(number: int, signs: list[str]) -> dict[str, object]:
    """A tip as somebody types it who tells all."""
    return {
        "what_happened": f"{STORY} It was number {number}.",
        "danger_now": "unknown",
        "under_18": "no",
        "district": "gros-islet",
        "place": "Pink guest house, third gate after the bakery",
        "relation": "noticed",
        "first_hand": "mixed",
        "signs": signs[:3],
        "when": "Since August, every night but Monday",
        "people_harmed": "Six or seven women, about 20 to 30, they speak Spanish",
        "people_responsible": "A tall man they call Chef, gold tooth, about 45",
        "vehicles_phones_online": "White van, plate begins with PH 43",
        "official_involved": "unknown",
        "reported_before": "No, nobody",
        "may_share": "ask",
        "answer_language": "en",
        "contact_name": "A neighbour",
        "contact_details": "somebody@example.org",
        "contact_safely": "In the morning only",
        "submission": secrets.token_hex(16),
        "website": "",
    }


def signs_of(server: Served) -> list[str]:
    """The slugs that the form offers. Raises load.Unexpected when it offers none."""
    _head, page = load.ask(server.port, load.get(server.port, "/report/", encoding="identity"))
    found = re.findall(r'name="signs" value="([^"]+)"', page.decode())
    if not found:
        raise load.Unexpected("the form offers no signs")
    return found


def ready(server: Served, signs: list[str]) -> None:
    """Answers as it should, and every worker has its connection.

    Raises load.Unexpected when no receipt comes.
    """
    for _turn in stage.soon():
        try:
            client = load.Client(server.port)
            body = load.post(server.port, "/report/", fields(0, signs), encoding="identity")
            _head, page = client.ask(body)
            client.close()
            break
        except OSError:
            continue
    if b"Received" not in page:
        raise load.Unexpected("no receipt came back")
    load.rate(server.port, requests(server, signs), 1.0)


def all_there(ground: Stage, rates: list[float]) -> None:
    """What was answered is stored, each with its event. Raises load.Unexpected when it is not."""
    with ground.sql() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM tips_tip),"
            " (SELECT count(*) FROM tips_event WHERE verb = 'received'),"
            " (SELECT count(*) FROM tips_tip WHERE set_aside <> 0)"
        )
        tips, events, aside = cursor.fetchone()
    if tips != events or aside or tips < sum(rates) * SECONDS:
        raise load.Unexpected(
            f"{tips} tips, {aside} of them set aside, and {events} events are not what was answered"
        )
