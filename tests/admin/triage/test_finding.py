"""/desk/tips/tip/find/: a reference leads there, half of one lists, words are looked for inside."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests.admin.desk import (
    enter,
    events,
    new_tip,
)
from tests.admin.triage.searching import FIND, found, said
from tests.cast import Person, send, tip_of, write
from tips import actions
from tips.models import Tip

pytestmark = pytest.mark.django_db


WRITTEN = [
    ("pena", "PEÑA"),
    ("PEÑA", "Pen\u0303a"),
    ("tet fe mal", "Tèt li fè l mal"),
    ("jett", "by the Vieux Fort jetty"),
    ("vieux-fort jetty", "the jetty of Vieux Fort"),
    ('"vieux fort"', "near Vieux-Fort"),
    ("“white van”", "a WHITE\nvan"),
    ("+1 (758) 284-1234", "call 758 284 1234"),
    ("1-758-284-1234", "+1(758)2841234"),
    ("284 1234", "tel. 284–1234."),
    ("2841234", "758 284 1234"),
    ("PA-1234", "plate PA1234"),
    ("pa 1234", "Pa.1234"),
    ("P.A. 1234", "PA 1234"),
    ("dr 4321", "some DR plate, 4321"),
    ("oeuvre", "Œuvre"),
    ("o'brien", "O’Brien"),
]
NOT_SAID = [
    ('"white van"', "a white truck, a van"),
    ("passport boat", "They keep her passport"),
    ("12345", "house 12, room 3"),
    ("yes", "Nothing was said"),
    ("noticed", "Nothing was said"),
    ("version", "Nothing was said"),
]


def test_it_is_found_however_it_was_written(kim: Person) -> None:
    client, _other = enter(kim), new_tip()
    for typed, written in WRITTEN:
        before = transaction.savepoint()
        tip = new_tip(what_happened=written)
        assert found(client, typed) == {str(tip): "what happened"}, (typed, written)
        transaction.savepoint_rollback(before)


def test_what_a_tip_does_not_say_is_not_found(kim: Person) -> None:
    client = enter(kim)
    for _, written in NOT_SAID:
        new_tip(what_happened=written, danger_now="yes", relation="noticed")
    for typed, _ in NOT_SAID:
        assert found(client, typed) == {}, typed


def test_every_word_has_to_be_there_anywhere_in_the_tip_and_it_says_where(kim: Person) -> None:
    receipt = send(what_happened="A boat by the jetty.", vehicles_phones_online="a DR plate")
    write(receipt, "It left at night.")
    tip = tip_of(receipt)
    actions.open_tip(tip=tip, by=kim.officer, keys=kim.keys)
    actions.reply(tip=tip, by=kim.officer, text="Which colour was the boat?")
    actions.note(tip=tip, by=kim.officer, text="Harbour office called about a boat.")
    new_tip(what_happened="A boat.")
    client = enter(kim)
    everywhere = "what happened, vehicles, phones, online, a message, an answer, a note"
    assert found(client, "boat plate night harbour colour") == {str(tip): everywhere}
    assert found(client, "night plate") == {str(tip): "vehicles, phones, online, a message"}
    assert found(client, "boat plate submarine") == {}


def test_a_restricted_tip_is_found_by_supervisors_alone_and_counted_for_nobody_else(
    kim: Person, sam: Person
) -> None:
    secret = new_tip(what_happened="The sergeant.", official_involved="yes")
    open_one = new_tip(what_happened="A sergeant's house.")
    hers, boss = enter(kim), enter(sam)
    assert set(found(hers, "sergeant")) == {str(open_one)}
    assert "1 tip has it. Searched all 1." in said(hers, "sergeant")
    assert set(found(hers, "", district="castries")) == {str(open_one)}
    half = str(secret)[:5]
    assert str(secret) not in said(hers, half)
    assert set(found(boss, "sergeant")) == {str(secret), str(open_one)}
    assert [event.count for event in events("searched")] == [1, 1, 0, 2]


def test_a_reference_that_is_none_or_refused_looks_the_same_and_is_looked_for_inside(
    kim: Person,
) -> None:
    refused, naming = new_tip(official_involved="yes"), new_tip()
    actions.note(tip=naming, by=kim.officer, text=f"As {refused} and BB-0000 say.")
    client = enter(kim)
    for reference in (str(refused), "BB-0000"):
        assert f"There is no tip {reference} that you may open." in said(client, reference)
        assert found(client, reference) == {str(naming): "a note"}
    assert {event.tip_id for event in events("refused")} == {refused.pk}


def test_half_a_reference_lists_what_begins_or_ends_so(kim: Person) -> None:
    tips = [new_tip() for _ in range(3)]
    for tip, reference in zip(tips, ("KD-4821", "KD-4000", "RT-4821"), strict=True):
        Tip.objects.filter(pk=tip.pk).update(reference=reference)
    client = enter(kim)
    where = "its reference"
    assert found(client, "kd") == dict.fromkeys(("KD-4821", "KD-4000"), where)
    assert found(client, "KD-48") == {"KD-4821": where}
    assert found(client, "4821") == dict.fromkeys(("KD-4821", "RT-4821"), where)
    assert found(client, "t4821") == {"RT-4821": where}
    assert found(client, "AE-48") == {}


def test_it_is_narrowed_by_status_days_district_language_and_owner(kim: Person) -> None:
    tips = {
        "closed": new_tip(),
        "mine": new_tip(),
        "dennery": new_tip(district="dennery"),
        "es": new_tip(answer_language="es"),
        "old": new_tip(district=""),
    }
    actions.close(tip=tips["closed"], by=kim.officer, outcome="helped")
    actions.take(tip=tips["mine"], by=kim.officer)
    ten_days_ago = timezone.now() - timedelta(days=10)
    Tip.objects.filter(pk=tips["old"].pk).update(received_at=ten_days_ago)
    day = str(timezone.localdate(ten_days_ago))
    client = enter(kim)
    # Without words each of them, with words every third.
    for typed, every in (("", 1), ("passport", 3)):
        for narrowed, names in (
            ({"status": "closed"}, {"closed"}),
            ({"status": "open"}, {"mine", "dennery", "es", "old"}),
            ({"status": "active"}, {"mine"}),
            ({"mine": "on"}, {"mine"}),
            ({"district": "dennery"}, {"dennery"}),
            ({"district": "none"}, {"old"}),
            ({"language": "es"}, {"es"}),
            ({"since": day, "until": day}, {"old"}),
            ({"language": "es", "mine": "on"}, set()),
        )[::every]:
            shown = set(found(client, typed, **narrowed))
            assert shown == {str(tips[name]) for name in names}, (typed, narrowed)
    assert len(events("searched")) == 3  # nothing was opened where nothing was typed


def test_what_cannot_be_understood_is_said_and_nothing_is_searched(kim: Person) -> None:
    client = enter(kim)
    last_day = str(date.max)
    for more in (
        *({"since": "tomorrow"}, {"status": "x"}, {"after": "x_y"}, {"terms": "K\0-4"}),
        *({"since": last_day}, {"until": last_day}),
    ):
        page = client.post(FIND, {"terms": "passport"} | more).content.decode()
        assert 'class="errornote"' in page, more
    assert 'class="errornote"' in client.get(f"{FIND}?until={last_day}").content.decode()
    for typed in ("", " ", "...", '""'):
        page = said(client, typed)
        assert "found-in" not in page
        assert "Searched" not in page
    assert events("searched") == []


def test_a_tip_whose_people_they_know_is_found_and_counted_by_everybody_else(
    kim: Person, dana: Person
) -> None:
    known, other = new_tip(), new_tip()
    actions.recuse(tip=known, by=kim.officer)
    hers, theirs = enter(kim), enter(dana)
    assert set(found(hers, "passport")) == {str(other)}
    assert "1 tip has it. Searched all 1." in said(hers, "passport")
    for typed in (str(known), str(known)[:5]):
        assert "Searched all 1." in said(hers, typed)
    assert set(found(hers, "", status="open")) == {str(other)}
    assert set(found(theirs, "passport")) == {str(known), str(other)}
    assert [event.count for event in events("searched")] == [1, 1, 0, 0, 2]


def test_whoever_opens_no_tips_finds_none(ada: Person, ed: Person) -> None:
    tip = new_tip()
    for person in (ada, ed):
        client = enter(person)
        for typed in ("passport", str(tip)):
            assert client.post(FIND, {"terms": typed}).status_code == 403
        assert client.get(FIND).status_code == 403
    assert events("searched") == []


def test_a_session_without_a_key_searches_nothing(kim: Person) -> None:
    kim.officer.key.grants.all().delete()
    new_tip()
    assert "hold no key to the tips" in said(enter(kim), "passport")
    assert events("searched") == []
