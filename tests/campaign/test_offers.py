import threading
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from campaign import offers, release, snapshot_cache
from campaign.hours import ISLAND
from campaign.models import KINDS, Closure, Contact, Notice, ReplyText, Sign, Text
from tests.away import database_away


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=ISLAND)


@pytest.mark.django_db
def test_contacts_by_kind():
    contacts = offers.contacts()
    assert list(contacts) == ["police", "emergency", "847", "crime", "office", "email"]
    assert (contacts["847"].number, contacts["847"].href) == ("847", "tel:847")
    assert contacts["office"].href == "tel:+17584683754"
    assert contacts["847"].label == "Trafficking hotline"
    assert contacts["847"].confirmed_on is None


@pytest.mark.django_db
def test_a_dead_number_gives_way_to_the_one_named_instead():
    office = Contact.objects.get(slug="office")
    Contact.objects.filter(slug="847").update(out_of_order=True, instead=office)
    assert offers.contacts()["847"].kind == "office"
    assert offers.contacts()["847"].number == "(758) 468-3754"


@pytest.mark.django_db
def test_a_chain_of_dead_numbers_ends_at_a_live_one_or_nowhere():
    hotline, office, police = (Contact.objects.get(slug=s) for s in ("847", "office", "police"))
    Contact.objects.filter(slug="847").update(out_of_order=True, instead=office)
    Contact.objects.filter(slug="office").update(out_of_order=True, instead=police)
    assert offers.contacts()["847"].kind == "police"

    offers.forget()
    Contact.objects.filter(slug="office").update(out_of_order=True, instead=hotline)
    assert "847" not in offers.contacts()
    assert "office" not in offers.contacts()


@pytest.mark.django_db
def test_signs_with_what_the_form_needs():
    signs = {sign.slug: sign for sign in offers.signs()}
    assert signs["debt"].types == ("debt-bondage", "forced-labour", "sex-trafficking")
    assert signs["papers-held"].types == ()
    assert signs["papers-held"].strong
    assert not signs["no-pay"].strong
    assert len(signs) == 69


@pytest.mark.django_db
def test_unpublished_signs_and_types_are_not_offered():
    Sign.objects.filter(slug="debt").update(published=False)
    Text.objects.filter(item__slug="no-pay").update(state="draft")
    assert {"debt", "no-pay"}.isdisjoint(sign.slug for sign in offers.signs())
    assert offers.types()["forced-labour"] == "Forced labour"


@pytest.mark.django_db
def test_a_language_without_words_speaks_english():
    assert offers.types("acf") == offers.types("en")
    assert offers.types("es")["forced-labour"] == "Trabajo forzoso"
    Text.objects.filter(item__slug="debt", language="es").update(state="draft")
    offers.forget()
    sign = {s.slug: s for s in offers.signs("es")}["debt"]
    assert (sign.title, sign.language) == ("A debt that never gets smaller", "en")


@pytest.mark.django_db
def test_the_copy_in_memory_answers_without_asking(django_assert_num_queries):
    offers.contacts()
    with django_assert_num_queries(0):
        offers.contacts()
        offers.signs()
        offers.hours()
        offers.next_opening_text()


@pytest.mark.django_db
def test_the_same_rows_whether_from_the_database_or_from_the_release(django_db_blocker):
    loaded = offers.signs(), offers.types(), offers.hours(), offers.contacts()
    offers.forget()
    with database_away(django_db_blocker):
        released = offers.signs(), offers.types(), offers.hours(), offers.contacts()
    assert loaded[1:] == released[1:]
    assert [(s.slug, s.types, s.strong, s.on_form) for s in loaded[0]] == [
        (s.slug, s.types, s.strong, s.on_form) for s in released[0]
    ]


def test_before_any_good_copy_the_release_s_numbers_stand(django_db_blocker):
    with database_away(django_db_blocker):
        numbers = {contact.number for contact in offers.contacts().values()}
    assert {"999", "911", "847"} <= numbers


def test_the_last_good_copy_outlives_the_database(django_db_blocker, monkeypatch):
    known = snapshot_cache.from_release("en")
    gone = {kind: contact for kind, contact in known.contacts.items() if kind != "847"}
    last = snapshot_cache.Snapshot(gone, known.hours)
    monkeypatch.setitem(snapshot_cache._snapshots._values, "en", (-1e9, last))
    with database_away(django_db_blocker):
        assert "847" not in offers.contacts()


def test_threads_that_ask_at_once_all_get_an_answer(django_db_blocker):
    answers = []
    with database_away(django_db_blocker):
        threads = [
            threading.Thread(target=lambda: answers.append(offers.contacts())) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(answers) == 8
    assert all("police" in answer for answer in answers)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-23T09:00", ""),
        ("2026-11-23T17:00", "Tuesday, 8:00 am"),
        ("2026-11-21T12:00", "Monday, 8:00 am"),
        ("2026-11-23T06:00", "today, 8:00 am"),
    ],
)
def test_when_the_desk_next_opens(now, said):
    assert offers.next_opening_text(moment(now)) == said


@pytest.mark.django_db
def test_an_opening_over_a_week_away_names_the_date():
    Closure.objects.create(first_day=date(2026, 12, 20), last_day=date(2027, 1, 3))
    assert offers.next_opening_text(moment("2026-12-19T12:00")) == "Monday 4 January, 8:00 am"


@pytest.mark.django_db
def test_a_notice_shows_on_its_days_alone():
    today = timezone.now().astimezone(ISLAND).date()
    for slug, starts, ends in (("now", 0, 0), ("soon", 1, 2), ("over", -2, -1)):
        notice = Notice.objects.create(
            slug=slug, starts=today + timedelta(starts), ends=today + timedelta(ends)
        )
        Text.objects.create(item=notice, title=slug, body="Call {847}.", state="reviewed")
    assert [str(notice.title) for notice in offers.notices()] == ["now"]
    assert '<a href="tel:847">847</a>' in offers.notices()[0].body


def test_the_release_s_files_can_be_read_alone():
    assert {row.family for row in release.rows()} == {*KINDS, ReplyText.FAMILY}
