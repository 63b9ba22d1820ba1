"""Which role sees which screen, and what the start page says."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaign import snapshot_cache
from campaign.models import Contact, PendingChange
from tests.admin.desk import QUEUE, desk_queries, enter, log_in, new_tip, url_of
from tests.cast import Person, opens
from tips import actions
from tips.access import recovery
from tips.access.recovery import FirstAccess
from tips.admin import dashboard
from tips.crypto import active_key
from tips.models import Alarm, DeskKey, Event, OfficerKey, Tip, Upkeep

pytestmark = pytest.mark.django_db

SCREENS = {
    "/desk/": {"sam", "kim", "ada", "ed"},
    "/desk/password_change/": {"sam", "kim", "ada", "ed"},
    QUEUE: {"sam", "kim"},
    "/desk/tips/officer/": {"sam"},
    "/desk/tips/officer/add/": {"sam"},
    "/desk/recovery/": {"sam"},
    "/desk/tips/event/": {"ada"},
    "/desk/campaign/": {"sam", "ed"},
}


def test_each_role_sees_its_screens_and_no_other(
    sam: Person, kim: Person, ada: Person, ed: Person, as_desk
) -> None:
    tip = new_tip()
    as_desk()
    people = {"sam": sam, "kim": kim, "ada": ada, "ed": ed}
    for name, person in people.items():
        client = enter(person)
        for path, seen_by in SCREENS.items():
            allowed = client.get(path).status_code == 200
            assert allowed == (name in seen_by), (name, path)
        assert (client.get(url_of(tip)).status_code == 200) == (name in {"sam", "kim"})


def test_the_desk_has_no_page_for_what_it_does_not_use(sam: Person) -> None:
    client = enter(sam)
    for path in ("/desk/auth/group/", "/desk/auth/"):
        assert client.get(path).status_code == 404, path


def test_nobody_sees_anything_unasked() -> None:
    for path in SCREENS:
        assert Client().get(path).headers["Location"].startswith("/desk/login/"), path


def test_auditors_and_editors_hold_no_key_and_change_no_tip(ada: Person, ed: Person) -> None:
    tip = new_tip()
    for person in (ada, ed):
        client = enter(person)
        assert not person.held
        assert client.post(url_of(tip, "take/")).status_code == 403
        assert client.post(url_of(tip, "photo/"), {"photo": "1"}).status_code == 403
        assert client.get(url_of(tip, "photo/1/")).status_code == 403
        client.post(f"{QUEUE}find/", {"terms": tip.reference})
    assert not Event.objects.filter(verb__in=("opened", "photo", "taken")).exists()


def test_the_trail_is_read_and_never_changed(ada: Person) -> None:
    client = log_in(ada)
    page = client.get("/desk/tips/event/").content.decode()
    assert "logged in" in page
    for path in ("add/", f"{Event.objects.first().pk}/change/"):
        assert client.get(f"/desk/tips/event/{path}").status_code == 404


def test_the_trail_says_which_photo_and_no_bare_number(ada: Person) -> None:
    tip = new_tip()
    for verb, count in (("opened", 0), ("photo", 2), ("message", 3), ("message", 0)):
        Event.objects.record(verb, tip=tip, count=count)
    page = enter(ada).get("/desk/tips/event/").content.decode()
    assert re.findall(r"</a>, ([^<]+?) *(?=<|$)", page, re.M) == ["3 photos"]
    assert page.count("was shown photo 2 of") == 1


def test_a_session_without_a_key_gets_a_sentence(kim: Person) -> None:
    OfficerKey.objects.get(officer=kim.officer).grants.all().delete()
    tip = new_tip(what_happened="They keep her passport.")
    client = enter(kim)
    assert "You hold no key to the tips" in client.get("/desk/").content.decode()
    page = client.get(url_of(tip)).content.decode()
    assert "hold no key to the tips" in page
    assert "passport" not in page
    assert client.get(url_of(tip, "photo/1/")).status_code == 404
    assert not Event.objects.filter(verb="opened").exists()


def test_urgent_and_untaken_is_an_alarm_with_its_waiting_time(kim: Person, dana: Person) -> None:
    tip = new_tip(danger_now="yes")
    new_tip(danger_now="yes", official_involved="yes")
    Alarm.objects.filter(tip=tip).update(since=timezone.now() - timedelta(hours=5, minutes=2))
    client = enter(kim)
    page = client.get("/desk/").content.decode()
    assert "<title>▲ 1 urgent" in page
    assert "1 tip, nobody has taken it: 5 h 2 min" in page
    once = re.search(r'name="once" value="(\w+)"', page)
    assert once
    answer = client.post("/desk/alarms/on-it/", {"once": once[1]})
    assert answer.headers["Location"] == url_of(tip)
    page = client.get("/desk/").content.decode()
    assert "One urgent tip is for a supervisor" in page
    assert "I am on it" not in page


def test_start_lists_what_is_your_turn_and_counts_what_waits_for_others(
    kim: Person, dana: Person
) -> None:
    client = enter(kim)
    assert "You have no open tip." in text_of(client)
    today = timezone.localdate()
    late, wrote, asked, parked, theirs, restricted = (new_tip() for _ in range(6))
    for tip in (late, wrote, asked, parked, restricted):
        actions.take(tip=tip, by=kim.officer)
    actions.take(tip=theirs, by=dana.officer)
    ago = timezone.now() - timedelta(days=15)
    Tip.objects.filter(pk=late.pk).update(turn_since=ago)
    Tip.objects.filter(pk=wrote.pk).update(turn_cause="wrote", danger="yes", urgency=0)
    Tip.objects.filter(pk=restricted.pk).update(restricted=True)
    actions.reply(tip=asked, by=kim.officer, text="Where?", wait=True)
    actions.park(tip=parked, by=kim.officer, until=today + timedelta(days=2))
    page = client.get("/desk/").content.decode()
    rows = re.findall(r"<strong>([^<]+)</strong> <a class=\"ref\"[^>]*>([^<]+)</a>", page)
    assert rows == [("Citizen wrote", str(wrote)), ("Taken", str(late))]
    assert page.count('<span class="late">late</span>') == 1
    shown = text_of(client)
    assert "2 of your 4 open tips. The others wait: 1 for citizens, 1 parked." in shown
    assert "1 Colleagues’" in shown
    assert "Agency" not in shown


def test_of_many_only_the_first_are_listed_and_that_is_said(kim: Person, monkeypatch) -> None:
    monkeypatch.setattr(dashboard, "SHOWN_OF_YOURS", 2)
    for _ in range(3):
        actions.take(tip=new_tip(), by=kim.officer)
    assert "3 of your 3 open tips; the first 2 are listed." in text_of(enter(kim))


def text_of(client: Client) -> str:
    """The start page's words."""
    page = client.get("/desk/").content.decode()
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def test_the_counts_are_those_of_the_tabs(kim: Person, sam: Person) -> None:
    for _ in range(3):
        new_tip()
    new_tip(official_involved="yes")
    client = enter(kim)
    assert "<b>3</b> <span>Work the pile</span>" in client.get("/desk/").content.decode()
    assert "<b>4</b> <span>Work the pile</span>" in enter(sam).get("/desk/").content.decode()


def test_health_is_red_under_two_holders_and_without_a_desk_key(sam: Person) -> None:
    client = enter(sam)
    page = client.get("/desk/").content.decode()
    assert 'health--bad"><span class="visually-hidden">Failing: </span>Officers who can' in page
    assert "Recovery sheets: never typed back" in page
    DeskKey.objects.update(activated_at=None)
    assert "Desk key: none: no tip can be taken" in client.get("/desk/").content.decode()


def test_the_way_out_of_a_key_that_somebody_retired_by_hand_is_named_and_is_one(
    first: FirstAccess, sam: Person
) -> None:
    client = enter(sam)
    DeskKey.objects.update(retired_at=timezone.now())
    active_key.forget()
    with pytest.raises(active_key.NoDeskKey):
        new_tip()
    page = client.get("/desk/").content.decode()
    assert "before ./run manage rotate_desk_key was given two sheets" in page
    recovery.rotate_desk_key(sheet_1=first.sheets[0], sheet_2=first.sheets[1])
    active_key.forget()
    assert opens(sam, new_tip())


def test_two_holders_are_well(sam: Person, kim: Person) -> None:
    page = enter(kim).get("/desk/").content.decode()
    assert 'health--ok"><span class="visually-hidden">Good: </span>Officers who can' in page


def test_a_screen_takes_few_queries_however_many_tips(kim: Person) -> None:
    client, taken = enter(kim), []
    for _ in range(2):
        for _ in range(6):
            new_tip(danger_now="yes")
        for path in ("/desk/", QUEUE, f"{QUEUE}?tab=open&district=castries"):
            client.get(path)
            with desk_queries() as sent:
                client.get(path)
            taken.append(len(sent))
    assert taken[:3] == taken[3:]
    assert max(taken) <= 12


def test_start_takes_few_queries_with_all_that_can_stand_there(
    sam: Person, kim: Person, dana: Person, ada: Person, ed: Person, monkeypatch
) -> None:
    # The pages' texts are read anew every ten seconds, apart from any page.
    monkeypatch.setattr(snapshot_cache._snapshots, "_seconds", 600)
    for tip in (new_tip(danger_now="yes"), new_tip(), new_tip(official_involved="yes")):
        actions.note(tip=tip, by=dana.officer, text="Seen.")
    mine = new_tip()
    actions.take(tip=mine, by=kim.officer)
    actions.raise_urgency(tip=mine, by=dana.officer)
    office, hotline = Contact.objects.get(slug="office"), Contact.objects.get(slug="847")
    Contact.objects.filter(pk=hotline.pk).update(out_of_order=True, instead=office)
    PendingChange.objects.create(item=office, asked_by=["ed"])
    Upkeep.objects.update_or_create(name="Rewriting", defaults={"problem": "No room."})
    for person in (sam, kim, ada, ed):
        client = enter(person)
        client.get("/desk/")
        with CaptureQueriesContext(connection) as sent:
            page = client.get("/desk/").content.decode()
        assert "No room." in page
        assert ("847 is out of order: the pages show" in page) == (person in (sam, ed))
        assert len(sent) <= 12, (person.officer, [query["sql"][:90] for query in sent])


def test_no_page_of_the_desk_has_anything_inline(sam: Person) -> None:
    tip, client = new_tip(), enter(sam)
    for path in ("/desk/", QUEUE, url_of(tip), url_of(tip, "close/"), "/desk/tips/officer/add/"):
        page = client.get(path).content.decode()
        for inline in ("<style", " style=", "<script>", " onclick=", "javascript:"):
            assert inline not in page, (path, inline)


def test_back_from_leave_one_sees_what_others_did_and_opens_again_what_they_closed(
    kim: Person, dana: Person, sam: Person
) -> None:
    closed, noted, taken, restricted, theirs = (new_tip() for _ in range(5))
    for tip in (closed, noted, taken, restricted):
        actions.take(tip=tip, by=kim.officer)
    actions.take(tip=theirs, by=dana.officer)
    actions.close(tip=closed, by=dana.officer, outcome="helped")
    actions.note(tip=noted, by=dana.officer, text="Called.")
    actions.note(tip=noted, by=kim.officer, text="My own.")
    actions.take_over(tip=Tip.objects.get(pk=taken.pk), by=dana.officer, reason="She is away.")
    actions.note(tip=restricted, by=sam.officer, text="Hidden since.")
    Tip.objects.filter(pk=restricted.pk).update(restricted=True)
    client = enter(kim)
    page = client.get("/desk/").content.decode()
    section = page.partition('id="h-others"')[2].partition("</section>")[0]
    shown = " ".join(re.sub(r"<[^>]+>", " ", section).split())
    for words in (
        f"dana closed {closed} : Helped directly. Open again",
        f"dana wrote a note on {noted}",
        f"dana took over {taken}",
    ):
        assert words in shown
    assert section.count("<li>") == 3
    assert f"{closed.pk}/#reopen_reason" in section
    assert 'id="reopen_reason"' in client.get(f"/desk/tips/tip/{closed.pk}/").content.decode()
    assert 'id="h-others"' not in enter(dana).get("/desk/").content.decode()


def test_what_is_not_looked_through_is_said(
    kim: Person, dana: Person, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard, "MOST_READ", 2)
    mine, other = new_tip(), new_tip()
    actions.take(tip=mine, by=kim.officer)
    client = enter(kim)
    actions.note(tip=mine, by=dana.officer, text="Called.")
    actions.note(tip=other, by=dana.officer, text="Called too.")
    assert f"dana wrote a note on {mine}" in text_of(client)
    assert "more than can be looked through" not in text_of(client)
    actions.note(tip=other, by=dana.officer, text="And again.")
    said = text_of(client)
    assert f"dana wrote a note on {mine}" not in said
    assert "these are of their newest 2 acts" in said
    assert "acts" not in text_of(enter(ada))


def test_a_list_that_was_cut_says_from_when_on_it_is_whole(sam: Person, ada: Person) -> None:
    client = enter(ada)
    assert "an auditor sees what was before" not in text_of(client)
    now = timezone.now()
    Event.objects.bulk_create(
        Event(verb="access_given", by="sam", about=f"n{n}", at=now - timedelta(minutes=n))
        for n in range(101)
    )
    page = text_of(client)
    assert re.search(r"Here since [^;]+; an auditor sees what was before", page)
