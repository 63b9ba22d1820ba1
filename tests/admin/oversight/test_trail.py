"""What an auditor asks the trail, and what it answers."""

import csv
import html
import re
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaign import offers
from campaign.models import Closure
from tests.admin.desk import (
    LOG_IN,
    desk_queries,
    enter,
    events,
    new_tip,
    url_of,
    with_photos,
)
from tests.cast import Person
from tips.admin.oversight import answers, trail
from tips.models import Event, Tip
from tips.templatetags.desk import minute

pytestmark = pytest.mark.django_db
TRAIL = "/desk/tips/event/"


def text_of(page: str) -> str:
    return html.unescape(" ".join(re.sub("<[^>]+>", " ", page).split()))


def ask(client: Client, **question: str) -> str:
    return text_of(client.get(TRAIL, question).content.decode())


def record(verb: str, tip: Tip | None, by: str, at: datetime | None = None, **more: object) -> None:
    Event.objects.record(verb, tip=tip, by=by, at=at or timezone.now(), **more)


def local(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def row_of(page: str, name: str) -> list[str]:
    """The cells of this row of the answer's table."""
    (row,) = re.findall(rf'<tr><th scope="row"[^>]*>{re.escape(name)}</th>(.*?)</tr>', page)
    return re.findall(r"<td>(.*?)</td>", row)


def first_form(page: str, number: int) -> tuple[str, dict[str, str]]:
    """Address and hidden fields of a form on the auditor's start page."""
    form = re.findall(r"<form.*?</form>", page.split('id="h-questions"')[1], re.DOTALL)[number]
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w*)"', form))
    return re.findall(r'action="([^"]+)"', form)[0], fields


def test_the_three_questions_are_answered_in_two_presses_from_start(
    ada: Person, kim: Person, as_desk
) -> None:
    tip = with_photos()
    client = enter(kim)
    client.get(url_of(tip))
    client.get(url_of(tip, "photo/1/"))
    auditor = enter(ada)
    as_desk()
    start = auditor.get("/desk/").content.decode()
    typed = ({"reference": str(tip.reference).lower()}, {"who": "kim"}, {})
    answers_ = []
    for number, more in enumerate(typed):
        address, fields = first_form(start, number)
        answers_.append(text_of(auditor.get(address, fields | more).content.decode()))
    assert f"{tip.reference} , from the first on: 1 person opened it, 1 time" in answers_[0]
    assert "kim was shown photo 1 of it" in answers_[0]
    assert "kim opened 1 tip, 1 time" in answers_[1]
    assert "Photos were shown 1 time. Opening was refused 0 times." in answers_[2]
    for answer in answers_[1:]:
        assert f"kim was shown photo 1 of {tip.reference}" in answer
    assert all("That is all." in answer for answer in answers_)


def test_what_was_opened_outside_office_hours_and_was_not_theirs_is_marked(
    ada: Person, kim: Person, dana: Person
) -> None:
    mine, given, others = new_tip(), new_tip(what_happened="b"), new_tip(what_happened="c")
    record("taken", mine, "kim", local("2026-03-04T10:00"))
    record("given", given, "dana", local("2026-03-04T10:01"), about="kim")
    for tip in (mine, given, others):
        record("opened", tip, "kim", local("2026-03-04T10:05"))  # a Wednesday
    record("opened", mine, "kim", local("2026-03-04T23:30"))
    record("opened", mine, "kim", local("2026-03-08T11:00"))  # a Sunday
    client = enter(ada)
    whole = {"who": "kim", "from": "2026-03-01", "to": "2026-03-31", "what": "openings"}
    page = client.get(TRAIL, whole).content.decode()
    said = text_of(page)
    assert "kim opened 3 tips, 5 times, 2 outside office hours, 1 not theirs." in said
    assert row_of(page, str(mine.reference))[:6] == ["3", "0", "0", "0", "2", "0"]
    assert row_of(page, str(others.reference))[:6] == ["1", "0", "0", "0", "0", "1"]
    said = ask(client, **whole, outside="1")
    assert len(re.findall(r"kim opened \w\w-\d{4}", said)) == 2
    said = ask(client, **whole, not_theirs="1")
    assert re.findall(r"kim opened (\w\w-\d{4})", said) == [others.reference]
    page = client.get(TRAIL, {"reference": mine.reference}).content.decode()
    assert row_of(page, "kim")[-1] == f"from {minute(local('2026-03-04T10:00'))}"


def test_a_closed_day_is_outside_office_hours(ada: Person, sam: Person) -> None:
    tip = new_tip()
    record("opened", tip, "kim", local("2026-12-25T10:00"))
    Closure.objects.create(first_day="2026-12-25", last_day="2026-12-25")
    offers.forget()
    said = ask(enter(ada), reference=str(tip.reference))
    assert "1 time, 1 outside office hours" in said


def test_wrong_words_at_the_log_in_stand_under_the_name_and_among_refusals(
    ada: Person, kim: Person
) -> None:
    for _ in range(2):
        Client().post(
            LOG_IN, {"username": "kim", "password": "five wrong words are these", "otp_token": "1"}
        )
    sentence = "somebody typed wrong words at the log-in of kim"
    client = enter(ada)
    for question in ({"who": "kim"}, {"what": "refusals"}, {"what": "watched"}, {"what": "access"}):
        assert sentence in ask(client, **question)
    said = ask(client, what="watched")
    assert "Wrong words were typed at a log-in in 1 hour." in said
    page = client.get(TRAIL, {"what": "refusals"}).content.decode()
    assert row_of(page, "kim")[3] == "1"


def test_what_was_done_to_somebody_stands_under_their_name(
    ada: Person, sam: Person, kim: Person
) -> None:
    said = ask(enter(ada), who="kim")
    assert f"{sam.officer} gave access to kim" in said
    assert "kim set up their access" in said


def test_pages_follow_the_last_row_and_none_is_skipped_or_shown_twice(
    ada: Person, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "LINES_A_PAGE", 7)
    tip, moment = new_tip(), local("2026-03-04T10:00")
    for n in range(20):
        record("photo", tip, "kim", moment, count=1 + n)
        record("photo", tip, "kim", moment - timedelta(minutes=n), count=101 + n)
    client, shown, pages = enter(ada), [], 0
    address = f"{TRAIL}?who=kim&what=openings&from=2026-03-01&to=2026-03-31"
    while address:
        page = client.get(address).content.decode()
        # Counted is once, and then everything.
        assert ("Photos were shown 40 times." in page) == (not pages)
        assert ('href="?who=kim&amp;what=openings&amp;from=2026-03-01' in page) >= bool(pages)
        shown += re.findall(r"was shown photo (\d+)", page)
        pages += 1
        record("photo", tip, "kim", local("2026-03-20T10:00"), count=999)  # meanwhile
        older = re.findall(r'href="\?([^"]+)">Older', page)
        assert bool(older) == ("are on the next page" in page)
        assert bool(older) != ("That is all." in page)
        address = f"{TRAIL}?{html.unescape(older[0])}" if older else ""
    assert sorted(map(int, shown)) == [*range(1, 21), *range(101, 121)]
    assert pages == 6


def test_what_is_not_counted_is_said(
    ada: Person, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "COUNTED", 4)
    for module in (answers, trail):
        monkeypatch.setattr(module, "PRINTED", 5)
    tip = new_tip()
    for n in range(8):
        record("opened", tip, "kim", local(f"2026-03-04T10:0{n}"))
    client = enter(ada)
    said = ask(client, reference=str(tip.reference))
    since = local("2026-03-04T10:05")
    assert f"Counted are the newest 4 events, back to {minute(since)}." in said
    assert "Narrow the days to count others, or print it: a print counts 5." in said
    assert "are on the next page" in said
    table = client.post(f"{TRAIL}table/", {"reference": tip.reference}).content.decode()
    assert "Only the newest 5 events are here." in table
    page = client.post(f"{TRAIL}print/", {"reference": tip.reference}).content.decode()
    assert f"Counted are the newest 5 events, back to {minute(since)}." in page
    assert "are left out. Narrow the days to print them." in page


def test_a_print_and_a_table_are_on_the_trail_before_they_leave(
    ada: Person, kim: Person, as_desk
) -> None:
    tip = new_tip()
    record("opened", tip, "kim", local("2026-03-04T10:00"))
    client = enter(ada)
    as_desk()
    question = {"reference": str(tip.reference)}
    page = text_of(client.post(f"{TRAIL}print/", question).content.decode())
    assert "kim opened it" in page
    assert "printed by ada" in page
    answer = client.post(f"{TRAIL}table/", {"who": "kim", "from": "2026-03-01", "to": "2026-03-31"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(StringIO(answer.content.decode())))
    assert rows[1] == [
        *("2026-03-04 10:00", "kim", f"opened {tip.reference}", str(tip.reference), "", "yes"),
    ]
    (printed,), (saved,) = events("trail_printed"), events("trail_exported")
    assert (printed.by, printed.tip_id, printed.about) == ("ada", tip.pk, "")
    assert (saved.by, saved.tip_id, saved.about) == ("ada", None, "kim")
    said = ask(client, what="prints")
    assert f"ada printed the trail {tip.reference}" in said
    assert "ada saved the trail as a table of kim" in said
    for where in ("print/", "table/"):
        assert client.get(f"{TRAIL}{where}").status_code == 405


def test_a_table_of_nothing_says_why(ada: Person) -> None:
    table = enter(ada).post(f"{TRAIL}table/", {"reference": "kd 4821"}).content.decode()
    assert table.splitlines()[1:] == ["There is no tip KD-4821."]


def test_no_cell_of_the_table_is_calculated(ada: Person) -> None:
    record("content_changed", None, "=1+1", about="page home")
    table = enter(ada).post(f"{TRAIL}table/", {"what": "changes"}).content.decode()
    assert "'=1+1" in table
    assert ",=1+1" not in table


def test_only_an_auditor_asks_prints_and_saves(sam: Person, kim: Person, ed: Person) -> None:
    for person in (sam, kim, ed):
        client = enter(person)
        assert client.get(TRAIL).status_code == 403
        for where in ("print/", "table/"):
            assert client.post(f"{TRAIL}{where}").status_code == 403
        assert "Ask the trail" not in client.get("/desk/").content.decode()
    assert not Event.objects.filter(verb__startswith="trail_").exists()


def test_what_makes_no_sense_is_said_and_never_a_fault(ada: Person) -> None:
    client = enter(ada)
    assert "A reference looks like KD-4821" in ask(client, reference="x")
    assert "There is no tip KD-4821." in ask(client, reference="kd 4821")
    backwards = {"from": "2026-03-02", "to": "2026-03-01"}
    assert "The first day is after the last." in ask(client, **backwards)
    odd = {"who": "nobody here", "what": "x", "from": "0001-01-01", "to": "9999-12-31"}
    for after in ("x", "2026-03-01/x", "0001-01-01T00:00:00+00:00/" + "0" * 32, "/"):
        assert client.get(TRAIL, odd | {"after": after}).status_code == 200


def test_every_event_has_words(ada: Person, sam: Person) -> None:
    tip = new_tip()
    for verb in Event.Verb.values:
        record(verb, tip, "kim", about="dana", count=3)
    said = ask(enter(ada), reference=str(tip.reference))
    assert "{" not in said
    assert said.count("▲") + len(re.findall(r"\bit\b", said)) > 20


def scans(sent: list[str]) -> list[str]:
    """The plans that read the whole trail, with every index that there is to be had."""
    found = []
    for sql in sent:
        if "tips_event" in sql and sql.startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute(f"EXPLAIN {sql}")
                plan = "\n".join(row[0] for row in cursor.fetchall())
            found += [plan] if "Seq Scan on tips_event" in plan else []
    return found


AFTER = "2026-03-04T10:00:00+00:00/00000000-0000-4000-8000-000000000000"


def test_no_question_reads_the_whole_trail(ada: Person) -> None:
    tip, client = new_tip(), enter(ada)
    record("opened", tip, "kim")
    for question in (
        {"reference": str(tip.reference), "what": ""},
        {"who": "kim", "what": "openings"},
        {"who": "kim", "what": ""},
        {"what": "watched"},
        {"what": ""},
        {"what": "", "after": AFTER},
    ):
        with desk_queries() as sent:
            assert client.get(TRAIL, question).status_code == 200
        assert len(sent) <= 12, question
        assert any("tips_event" in sql for sql in sent), question
        assert scans(sent) == [], question
