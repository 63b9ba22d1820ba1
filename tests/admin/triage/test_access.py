"""Officers who know the people, and restricted tips, on the desk's pages."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.admin.desk import (
    QUEUE,
    enter,
    events,
    new_tip,
    stamp_of,
    url_of,
)
from tests.cast import Person, hire, send, tip_of
from tips import actions
from tips.admin.triage import detail, verb_views
from tips.admin.triage.filters import tabs
from tips.admin.triage.verbs import VERBS
from tips.crypto import receipts
from tips.models import Alarm, Event, Officer, Tip, TipLink

pytestmark = pytest.mark.django_db
PRESSED_ALONE = {verb.name for verb in VERBS.values() if not verb.own_page}
PAGE = "0123456789abcdef0123456789abcdef"
NARROWED = (f"{QUEUE}?tab=open&district=castries", f"{QUEUE}?tab=open&language=en")


def text_of(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def now(tip: Tip) -> Tip:
    return Tip.objects.get(pk=tip.pk)


def everywhere(client: Client) -> list[str]:
    """Every list and start page of the desk, as whoever is logged in there has them."""
    lists = [f"{QUEUE}?tab={tab}" for tab in tabs(Officer())]
    return [client.get(each).content.decode() for each in ("/desk/", *lists, *NARROWED)]


def counts(client: Client) -> list[str]:
    """Every number beside a tab, narrowed or not, and on the start page."""
    some = ("/desk/", f"{QUEUE}?tab=open", *NARROWED)
    pages = [client.get(each).content.decode() for each in some]
    return [n for page in pages for n in re.findall(r"<(?:span|b)>(\d+)</", page)]


@pytest.fixture
def known(kim: Person, dana: Person) -> Tip:
    """A tip in danger of Kim's, whose people Kim knows, with others that point to it."""
    receipt = send(page=PAGE, danger_now="yes")
    tip = tip_of(receipt)
    actions.take(tip=tip, by=kim.officer)
    return tip


def test_who_knows_the_people_finds_the_tip_by_no_address_count_list_or_link(
    known: Tip, sam: Person, kim: Person, dana: Person, as_desk
) -> None:
    beside = tip_of(send(page=PAGE, what_happened="The same van."))
    for other in (beside, new_tip()):
        reference = known.reference or ""
        actions.close(tip=other, by=dana.officer, outcome="duplicate", duplicate_of=reference)
    closed = new_tip(what_happened="Long ago.")
    actions.close(tip=closed, by=dana.officer, outcome="helped")
    client = enter(kim)
    assert known.reference in client.get(url_of(beside)).content.decode()
    as_desk()
    for tip in (known, closed):
        form = stamp_of(tip, kim)
        said = text_of(client, url_of(tip, "recuse/"))
        assert "Only a supervisor lets you in again" in said
        answer = client.post(url_of(tip, "recuse/"), form)
        assert answer.headers["Location"] == f"{QUEUE}left/recuse/"
        again = client.post(url_of(tip, "recuse/"), form)  # an impatient second click
        assert again.headers["Location"] == answer.headers["Location"]
        assert len(Event.objects.filter(verb="recused", tip_id=tip.pk)) == 1
        assert f"You are out of {tip.reference}." in text_of(client, f"{QUEUE}left/recuse/")
    before = Event.objects.filter(by="kim").exclude(verb="refused").count()
    for page in everywhere(client):
        for tip in (known, closed):
            assert str(tip.pk) not in page
            assert str(tip.reference) not in page
    assert client.get(url_of(closed)).status_code == 404
    for where, *_ in (*detail.SCREENS, *verb_views.SCREENS):
        address = url_of(known, where.replace("<int:number>", "1"))
        if where.rstrip("/") not in PRESSED_ALONE:
            assert client.get(address).status_code in (404, 405)
        typed = {
            "text": "Words.",
            "outcome": "helped",
            "reason": "So.",
            "photo": "1",
            "to_lock": "1",
            "to_unlock": "1",
        }
        answer = client.post(address, stamp_of(known, kim) | typed)
        assert answer.status_code in (404, 405)
        assert str(known.reference) not in answer.content.decode()
    assert Event.objects.filter(by="kim").exclude(verb="refused").count() == before
    for tip in (known, closed):
        found = client.post(f"{QUEUE}find/", {"terms": tip.reference})
        assert found.status_code == 200
        assert url_of(tip) not in found.content.decode()
    # Neither from the page it was sent from, nor from what repeats it.
    assert str(known.reference) not in client.get(url_of(beside)).content.decode()
    refused = [event for event in events("refused") if event.by == "kim"]
    assert {event.tip_id for event in refused} == {known.pk, closed.pk}
    # Nobody can give it to Kim, and another's page does not offer Kim.
    assert ">kim</option>" not in enter(dana).get(url_of(known)).content.decode()


# On the trail after "maybe_same" is "not_same" too, and after the others "close".
@pytest.mark.parametrize("act", ["maybe_same", "unlink", "copy"])
def test_the_trail_of_another_tip_does_not_name_it(
    kim: Person, dana: Person, sam: Person, act: str
) -> None:
    receipt = send(danger_now="yes")
    known, beside = tip_of(receipt), new_tip(what_happened="The same van.")
    link: dict[str, Any] = {"by": dana.officer, "reference": str(known), "tip": beside}
    apart: dict[str, Any] = {"by": dana.officer, "other": str(known), "tip": beside}
    if act == "maybe_same":
        actions.not_same(**apart)
        actions.maybe_same(**apart)
    else:
        reference = str(beside)
        actions.close(tip=known, by=dana.officer, outcome="duplicate", duplicate_of=reference)
    if act == "unlink":
        actions.reopen(tip=now(known), by=dana.officer, reason="Another van.")
        actions.unlink(**link)
    elif act == "copy":
        key = receipts.new_idempotency_key()
        code = receipt.code or ""
        actions.receive_message(code=code, message="More.", photos=(), idempotency_key=key)
    client = enter(kim)
    assert str(known) in client.get(url_of(beside)).content.decode()
    actions.recuse(tip=now(known), by=kim.officer)
    assert str(known) not in client.get(url_of(beside)).content.decode()
    assert str(known) in enter(dana).get(url_of(beside)).content.decode()


def test_nobody_takes_away_or_finds_out_a_link_to_a_tip_that_they_may_not_open(
    kim: Person, dana: Person, sam: Person
) -> None:
    known, beside = new_tip(), new_tip(what_happened="The same van.")
    actions.close(tip=known, by=dana.officer, outcome="duplicate", duplicate_of=str(beside))
    actions.recuse(tip=now(known), by=kim.officer)
    for is_closed in (True, False):
        if not is_closed:
            actions.reopen(tip=now(known), by=dana.officer, reason="Another.")
        form = stamp_of(beside, kim) | {"linked": str(known)}
        page = enter(kim).post(url_of(beside, "unlink/"), form).content.decode()
        assert f"{known} is not linked to this one" in page
        assert TipLink.objects.filter(tip=known, other=beside).exists()


def test_the_numbers_of_who_knows_the_people_are_those_without_the_tip(
    known: Tip, kim: Person
) -> None:
    for district in ("castries", "micoud"):
        new_tip(district=district, danger_now="yes", what_happened=district)
    client = enter(kim)
    with_it = counts(client)
    actions.recuse(tip=known, by=kim.officer)
    without = counts(client)
    assert with_it != without
    gone = {"status": "closed", "outcome": "junk", "closed_on": timezone.localdate()}
    Tip.objects.filter(pk=known.pk).update(**gone)  # so it is in no number of anybody's
    assert counts(client) == without


def test_colleagues_go_on_with_it_and_are_alarmed(known: Tip, kim: Person, dana: Person) -> None:
    client = enter(dana)
    before = client.get("/desk/").content.decode()
    assert "urgent" not in before
    enter(kim).post(url_of(known, "recuse/"), stamp_of(known, kim))
    page = client.get("/desk/").content.decode()
    assert "<title>▲ 1 urgent" in page
    assert Alarm.objects.get().tip == known
    assert "knows these people" in client.get(url_of(known)).content.decode()


def test_a_supervisor_lets_them_in_again_with_a_reason(
    known: Tip, sam: Person, kim: Person, dana: Person
) -> None:
    actions.recuse(tip=known, by=kim.officer)
    client = enter(sam)
    address = url_of(known, "readmit/")
    assert f'formaction="{address}"' in client.get(url_of(known)).content.decode()
    assert 'value="kim" checked' in client.get(address).content.decode()
    typed = {"who": "kim", "reason": ""}
    refused = client.post(address, stamp_of(known, sam) | typed).content.decode()
    assert "Say why they are let in again" in refused
    client.post(address, stamp_of(known, sam) | {"who": "kim", "reason": "Another family."})
    assert enter(kim).get(url_of(known)).status_code == 200
    assert (
        f'formaction="{url_of(known, "readmit/")}"'
        not in enter(dana).get(url_of(known)).content.decode()
    )


def test_the_last_who_can_open_it_is_told_so_and_stays(
    known: Tip, sam: Person, kim: Person, dana: Person
) -> None:
    for person in (sam, dana):
        actions.recuse(tip=known, by=person.officer)
    client, sentence = enter(kim), "You are the last who can open this tip"
    assert sentence in text_of(client, url_of(known, "recuse/"))
    page = client.post(url_of(known, "recuse/"), stamp_of(known, kim)).content.decode()
    assert sentence in page
    assert client.get(url_of(known)).status_code == 200


def test_an_officer_who_restricts_is_told_before_and_lands_on_a_page_that_says_so(
    known: Tip, sam: Person, kim: Person
) -> None:
    client = enter(kim)
    said = text_of(client, url_of(known, "restrict/"))
    assert "You lose it at once." in said
    assert "You have it: it is given back to nobody, and it alarms." in said
    answer = client.post(url_of(known, "restrict/"), stamp_of(known, kim), follow=True)
    assert answer.redirect_chain == [(f"{QUEUE}left/restrict/", 303)]
    assert f"{known.reference} is restricted" in answer.content.decode()
    assert client.get(url_of(known)).status_code == 404
    supervisor = enter(sam)
    assert "You lose it" not in text_of(supervisor, url_of(new_tip(), "restrict/"))
    typed = stamp_of(known, sam) | {"reason": "A namesake."}
    answer = supervisor.post(url_of(known, "unrestrict/"), typed)
    assert answer.headers["Location"] == url_of(known)
    assert client.get(url_of(known)).status_code == 200


def test_the_page_where_one_lands_says_nothing_to_who_typed_it(kim: Person, ada: Person) -> None:
    client = enter(kim)
    for verb in ("recuse", "restrict", "lock_photo"):
        assert client.get(f"{QUEUE}left/{verb}/").status_code == 200
        assert client.post(f"{QUEUE}left/{verb}/").status_code == 405
    assert client.get(f"{QUEUE}left/take/").status_code == 404
    assert enter(ada).get(f"{QUEUE}left/recuse/").status_code == 403


def test_what_a_hold_promises_is_what_it_does(sam: Person, kim: Person) -> None:
    tip, client = new_tip(), enter(kim)
    assert "Nothing erases tips yet" in text_of(client, url_of(tip, "hold/"))
    client.post(url_of(tip, "hold/"), stamp_of(tip, kim) | {"reason": "For the court."})
    page = text_of(client, url_of(tip))
    assert "Held by kim since" in page
    assert "Nothing erases tips yet" in page
    assert "For the court." in page  # on the trail beside it
    address = url_of(tip, "release/")
    assert f'href="{address}"' not in client.get(url_of(tip)).content.decode()
    refused = client.post(address, stamp_of(tip, kim) | {"reason": "Mine."}).content.decode()
    assert "Only a supervisor decides this" in refused
    enter(sam).post(address, stamp_of(tip, sam) | {"reason": "The case is over."})
    assert "Held by" not in text_of(client, url_of(tip))


def test_a_supervisor_who_knows_the_people_is_out_of_it_too(sam: Person, kim: Person) -> None:
    tip = new_tip(official_involved="yes")
    lee = hire("lee", "supervisor", sam)
    client = enter(lee)
    assert client.get(url_of(tip)).status_code == 200
    client.post(url_of(tip, "recuse/"), stamp_of(tip, lee))
    assert client.get(url_of(tip)).status_code == 404
    assert client.post(url_of(tip, "readmit/"), {"who": "lee", "reason": "x"}).status_code == 404
