"""Many tips opened one after the other: the newest first, whole, and no more than was asked for."""

from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection

from tests.cast import Person, send, tip_of
from tips import actions
from tips.actions import searching
from tips.crypto import sealing
from tips.models import Tip
from tips.search import opened
from tips.search.opened import Kind, SearchedTip, older_than, open_newest
from tips.search.words import texts

pytestmark = pytest.mark.django_db


def newest(kim: Person, most: int = 10, **more: object) -> list[SearchedTip]:
    return list(open_newest(Tip.objects.all(), most=most, keys=kim.keys, **more))


def test_each_tip_comes_whole_and_the_newest_first(kim: Person, monkeypatch) -> None:
    monkeypatch.setattr(opened, "ROWS_AT_A_TIME", 2)  # a tip's rows come in two fetches
    tips = [tip_of(send(what_happened=f"Story {number}.")) for number in range(3)]
    for number, tip in enumerate(tips):
        Tip.objects.filter(pk=tip.pk).update(received_at=tip.received_at - timedelta(days=number))
        for text in ("One", "Two"):
            actions.note(tip=tip, by=kim.officer, text=f"{text} {number}.")
    found = newest(kim)
    assert [tip.pk for tip in found] == [tip.pk for tip in tips]
    for number, tip in enumerate(found):
        assert [part.kind for part in tip.parts] == [Kind.TIP, Kind.NOTE, Kind.NOTE]
        said = sorted(text for _, text in texts(tip))
        assert said == sorted((f"Story {number}.", f"One {number}.", f"Two {number}."))
    assert [tip.pk for tip in newest(kim, most=2)] == [tip.pk for tip in tips[:2]]
    assert [part.kind for part in newest(kim, kinds=(Kind.TIP,))[0].parts] == [Kind.TIP]


def test_its_columns_are_as_they_stand(kim: Person) -> None:
    first, closed, erased = (tip_of(send()) for _ in range(3))
    actions.close(tip=closed, by=kim.officer, outcome="helped")
    Tip.objects.filter(pk=erased.pk).update(reference=None, sealed=None)
    long_ago = first.received_at - timedelta(days=365 * 40)  # before PostgreSQL's own beginning
    Tip.objects.filter(pk=first.pk).update(received_at=long_ago)
    for tip in newest(kim):
        row = Tip.objects.get(pk=tip.pk)
        assert (tip.received_at, tip.reference) == (row.received_at, row.reference or "")
        assert tip.outcome == row.outcome
    assert {tip.reference for tip in newest(kim)} == {str(first), str(closed), ""}


def test_what_does_not_open_or_is_no_document_is_passed_over(kim: Person) -> None:
    erased, foreign, odd, whole = (tip_of(send()) for _ in range(4))
    Tip.objects.filter(pk=erased.pk).update(sealed=None)
    Tip.objects.filter(pk=foreign.pk).update(sealed=whole.sealed)
    public = next(kim.keys.pair(kid).public for kid in kim.held)
    bound = opened._BOUND_BY[Kind.TIP](odd.pk)
    for junk in (b"no JSON", b"[1]", b"[" * 100_000, b"\xff"):
        Tip.objects.filter(pk=odd.pk).update(sealed=sealing.seal(junk, [public], bound))
        found = {tip.pk for tip in newest(kim) if list(texts(tip))}
        assert found == {whole.pk}


def test_below_a_tip_come_those_behind_it_even_of_the_same_hour(kim: Person) -> None:
    for _ in range(5):
        send()
    every = newest(kim)
    for place, tip in enumerate(every):
        older = Tip.objects.filter(older_than((tip.received_at, tip.pk)))
        found = [one.pk for one in open_newest(older, most=10, keys=kim.keys)]
        assert found == [one.pk for one in every[place + 1 :]]


def test_whoever_stops_early_leaves_the_transaction_whole(kim: Person) -> None:
    for _ in range(3):
        send()
    with closing(open_newest(Tip.objects.all(), most=3, keys=kim.keys)) as walk:
        next(walk)
    assert Tip.objects.count() == 3
    assert len(newest(kim)) == 3


def test_an_index_serves_it_without_sorting_or_scanning(kim: Person) -> None:
    """At the supervisor's and the officer's, of a page and of the next."""
    last = (tip_of(send()).received_at, tip_of(send()).pk)
    for visible in (Tip.objects.all(), Tip.objects.visible_to(kim.officer)):
        for tips in (visible, visible.filter(older_than(last))):
            rows = tips.order_by(*opened.NEWEST_FIRST).values_list(*opened._COLUMNS)[:5000]
            inner, values = rows.query.sql_with_params()
            plan = explained(opened._STATEMENT.format(tips=inner), values)
            assert "tip_newest" in plan
            assert "Seq Scan" not in plan
            assert "Sort Key: tips_tip" not in plan


def test_an_index_serves_the_count_too(kim: Person) -> None:
    counted = Tip.objects.visible_to(kim.officer).order_by(*opened.NEWEST_FIRST)
    inner, values = counted[: searching.COUNTED].query.sql_with_params()
    plan = explained(f"SELECT count(*) FROM ({inner}) AS counted", values)
    assert "tip_newest" in plan
    assert "Seq Scan" not in plan


def explained(statement: str, values: object) -> str:
    """The plan, where the tables are too large to be read whole."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        # So few rows are sorted for less than an index costs, as the last ANALYZE has it.
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {statement}", values)
        return "\n".join(row for (row,) in cursor.fetchall())
