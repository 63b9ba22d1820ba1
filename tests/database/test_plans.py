"""Nothing that the desk asks of the database reads all tips or all events, however many there are.

The store is small, and PostgreSQL is told that it is a thousand times as large: it plans as it does
with a million tips of which 20,000 are open. How long a page then takes, `./run bench desk`
measures on such a store.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from math import inf
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from bench import desk_pages, seed
from bench.desk_pages import AUDITOR, EDITOR, FIND, OFFICER, SUPERVISOR, Page
from tests.admin.desk import log_in, new_tip
from tests.cast import Person, send, write
from tests.restored import remembered
from tips.alarms import planning
from tips.housekeeping import boxes_and_sessions, rewriting, self_check

pytestmark = pytest.mark.django_db
TIPS, OPEN, TIMES = 1_000, 20, 1_000
# They grow with every tip. The others are as large as the desk, or as what waits for it.
GROWING = ("tips_tip", "tips_event", "tips_message")
MOST_SORTED = 1_000  # rows
# As the planner counts: to look through what an index has of the open tips, for one of their types,
# costs 1,500; to read the 20,000 open tips and to sort them 4,000, to read all tips 15,000.
MOST_COST = 1_600
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
PRETEND = """
SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', c.relname::text,
  'relpages', greatest(c.relpages, 1), 'reltuples', (c.reltuples * %(times)s)::real,
  'relallvisible', greatest(c.relpages, 1))
FROM pg_class c
WHERE c.oid = ANY (%(tables)s::regclass[])
  OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = ANY (%(tables)s::regclass[]))
"""
UNSAMPLED = """
SELECT attname::text FROM pg_attribute
WHERE attrelid = ANY (%(tables)s::regclass[]) AND attstattarget = 0
"""
INDEXES = """
SELECT indexrelid::regclass::text FROM pg_index
WHERE indrelid IN ('tips_tip'::regclass, 'tips_event'::regclass) AND NOT indisunique
"""
Plan = dict[str, Any]
Statements = dict[str, list[str]]  # by the page that sends them


@pytest.fixture(scope="module", autouse=True)
def as_before_afterwards(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Pages, and how many rows ANALYZE found, stay past a transaction that is rolled back."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"VACUUM (FULL, ANALYZE) {', '.join(GROWING)}, tips_alarm")


@pytest.fixture
def statements(large_store: None, sam: Person, kim: Person, ada: Person, ed: Person) -> Statements:
    """What a log-in and each page of the desk send: asked once, in a store that is as large."""

    def sent() -> Statements:
        clients: dict[str, Client] = {}
        found: Statements = {}
        for role, person in {OFFICER: kim, SUPERVISOR: sam, AUDITOR: ada, EDITOR: ed}.items():
            with asked() as found[f"log-in-{role}"]:
                clients[role] = log_in(person)
        return found | of_pages(clients)

    return remembered("what the desk sends", sent)


@pytest.fixture
def large_store(sam: Person, kim: Person, dana: Person) -> None:
    """Tips and what belongs to them, and statistics that say a thousand times as many."""
    receipt = send()
    write(receipt, "It is going on again.")
    names = [person.officer.username for person in (kim, sam, dana)]
    with connection.cursor() as cursor:
        seed.fill(cursor, names, count=TIPS, open_tips=OPEN)
        # Else the number of tips, counted in so few rows, is taken for one that does not grow.
        for table in ("tips_event", "tips_message"):
            cursor.execute(f"ALTER TABLE {table} ALTER tip_id SET (n_distinct = -0.2)")
        cursor.execute("ANALYZE")
        cursor.execute(PRETEND, {"tables": [*GROWING, "tips_alarm"], "times": TIMES})


def of_pages(clients: Mapping[str, Client]) -> Statements:
    def html(page: Page) -> str:
        client = clients[page.who]
        answer = client.post(page.path, page.fields) if page.fields else client.get(page.path)
        assert answer.status_code == page.status, page
        return answer.content.decode()

    tip = new_tip()
    pages = desk_pages.pages(reference=str(tip.reference), officer="kim", auditor="ada")
    pages["tip"] = Page(OFFICER, f"/desk/tips/tip/{tip.pk}/")
    pages["find-words"] = Page(OFFICER, FIND, {"terms": "passport drawer"})
    pages["on-it"] = Page(OFFICER, "/desk/alarms/on-it/", {"once": ""}, 303)
    pages |= desk_pages.pages_behind(pages, html, far=2)
    found: Statements = {}
    for name, page in pages.items():
        with asked() as found[name]:
            html(page)
    return found


@contextmanager
def asked() -> Iterator[list[str]]:
    """The statements about tips that are sent meanwhile, of those that PostgreSQL plans."""
    sent: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        yield sent
    every = (query["sql"].strip() for query in queries)
    sent += [sql for sql in every if sql.startswith(VERBS) and any(x in sql for x in GROWING)]


def dear(statements: Statements, most_cost: float = MOST_COST) -> Iterator[str]:
    """The statements that read too much, each with its page, what is wrong with it and its plan."""
    with connection.cursor() as cursor:
        cursor.execute(UNSAMPLED, {"tables": list(GROWING)})
        names = "|".join(sorted({name for (name,) in cursor.fetchall()}))
        unsampled = re.compile(rf"\b({names})\b (=|IS NOT NULL)")
        for page, sent in statements.items():
            for sql in sent:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
                plan = cursor.fetchone()[0][0]["Plan"]
                faults = list(faults_of(plan, unsampled))
                if plan["Total Cost"] > most_cost:
                    faults.append(f"costs {plan['Total Cost']:,.0f}")
                if faults:
                    cursor.execute(f"EXPLAIN {sql}")
                    lines = "\n".join(line for (line,) in cursor.fetchall())
                    yield f"{page}: {', '.join(faults)}\n{sql}\n{lines}"


def faults_of(plan: Plan, unsampled: re.Pattern[str]) -> Iterator[str]:
    for node in nodes(plan):
        kind, table = node["Node Type"], node.get("Relation Name")
        if kind == "Seq Scan" and table in GROWING:
            yield f"reads all of {table}"
        if kind == "Sort" and node["Plans"][0]["Plan Rows"] > MOST_SORTED:
            yield f"sorts {node['Plans'][0]['Plan Rows']:,} rows"
        # PostgreSQL thinks that many rows have a value of which it has no statistics: before it has
        # found as many as asked for, all may have been read.
        if table in GROWING and (looked_for := unsampled.search(node.get("Filter", ""))):
            yield f"looks row by row for {looked_for[1]}"


def nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def test_no_page_reads_all_tips_or_all_events(statements: Statements) -> None:
    assert len(statements["start-officer"]) > 3  # else nothing is proved
    found = list(dear(statements))
    assert not found, "\n\n".join(found)


def test_neither_the_mail_process_nor_housekeeping_reads_all_of_them(large_store: None) -> None:
    steps = (
        partial(planning.plan, timezone.now()),
        self_check.every_minute,
        boxes_and_sessions.clear,
        boxes_and_sessions.look_up_nothing,
        rewriting.end_old_door_transactions,
    )
    with asked() as sent:
        for step in steps:
            step()
    assert sent  # else nothing is proved
    # There may be as many alarms as tips that nobody took, and all may be due.
    found = list(dear({"clockwork": sent}, most_cost=inf))
    assert not found, "\n\n".join(found)


def test_an_index_that_is_missing_is_noticed(statements: Statements) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INDEXES)
        indexes = [name for (name,) in cursor.fetchall()]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        unnoticed = []
        for index in indexes:
            with transaction.atomic():
                cursor.execute(f"DROP INDEX {index}")
                if next(dear(statements), None) is None:
                    unnoticed.append(index)
                transaction.set_rollback(True)
    assert not unnoticed
