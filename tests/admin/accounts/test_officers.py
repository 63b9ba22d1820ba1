"""/desk/tips/officer/: accounts, roles, and access given and taken."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.admin.desk import LOG_IN, begin_set_up, enter, events, log_in, output
from tests.cast import Person
from tests.sheets import another_set
from tips.access import sheet_files
from tips.models import DeskSession, Event, Officer, OfficerKey

pytestmark = pytest.mark.django_db

OFFICERS = "/desk/tips/officer/"


def url(officer: Officer, rest: str = "") -> str:
    return f"{OFFICERS}{officer.pk}/{rest}"


def said(client: Client, answer) -> str:
    return client.get(answer.headers["Location"]).content.decode()


def test_an_account_is_added_and_given_access(sam: Person, as_desk) -> None:
    as_desk()
    client = enter(sam)
    answer = client.post(f"{OFFICERS}add/", {"username": "lee", "role": "officer"})
    lee = Officer.objects.get(username="lee")
    assert answer.headers["Location"] == url(lee)
    assert not lee.has_usable_password()
    page = client.post(url(lee, "give-access/")).content.decode()
    words = output(page, "one-time-passphrase")
    begin_set_up(lee, words)
    assert [(event.by, event.about) for event in events("access_given")] == [
        ("system", "supervisor"),  # the first start
        ("supervisor", "lee"),
    ]


def test_access_given_stands_on_every_start_page_for_a_week(sam: Person, kim: Person) -> None:
    client, hers = enter(sam), enter(kim)
    client.post(url(kim.officer, "give-access/"))
    line = "gave access to <strong>kim</strong>"
    assert line in client.get("/desk/").content.decode()
    assert hers.get("/desk/").status_code == 303
    old = timezone.now() - timedelta(days=8)
    Event.objects.create(verb="access_given", by="supervisor", about="longago", at=old)
    assert "longago" not in client.get("/desk/").content.decode()


def test_giving_access_ends_words_and_sessions(sam: Person, kim: Person) -> None:
    hers = enter(kim)
    enter(sam).post(url(kim.officer, "give-access/"))
    assert hers.get("/desk/").status_code == 303
    assert not DeskSession.objects.filter(officer=kim.officer).exists()


def test_nobody_gives_access_to_themselves_or_to_the_deactivated(sam: Person, kim: Person) -> None:
    client = enter(sam)
    answer = client.post(url(sam.officer, "give-access/"))
    assert "You have access. Change your passphrase" in said(client, answer)
    client.post(url(kim.officer, "deactivate/"))
    answer = client.post(url(kim.officer, "give-access/"))
    assert "is deactivated" in said(client, answer)


def test_a_supervisor_without_a_key_gives_none(sam: Person, kim: Person) -> None:
    client = enter(sam)
    OfficerKey.objects.get(officer=sam.officer).grants.all().delete()
    log_in(sam, client, ahead=1)
    answer = client.post(url(kim.officer, "give-access/"))
    assert "Only a supervisor who can open tips gives access" in said(client, answer)


def test_deactivating_ends_everything_and_can_be_undone(sam: Person, kim: Person) -> None:
    hers, client = enter(kim), enter(sam)
    client.post(url(kim.officer, "deactivate/"))
    assert hers.get("/desk/").status_code == 303
    assert not OfficerKey.objects.filter(officer=kim.officer).exists()
    client.post(url(kim.officer, "activate/"))
    assert Officer.objects.get(username="kim").is_active
    assert output(
        client.post(url(kim.officer, "give-access/")).content.decode(), "one-time-passphrase"
    )


def test_a_key_put_back_after_somebody_left_is_a_red_line_until_they_are_deactivated_again(
    sam: Person, kim: Person
) -> None:
    (row,) = OfficerKey.objects.filter(officer=kim.officer).values()
    client = enter(sam)
    client.post(url(kim.officer, "deactivate/"))
    assert "deactivate/" not in client.get(url(kim.officer)).content.decode()
    OfficerKey.objects.create(**row)
    log_in(sam, client, ahead=1)
    page = client.get(url(kim.officer)).content.decode()
    assert "kim has a key that nobody at the desk gave" in page
    assert f'action="{url(kim.officer, "deactivate/")}"' in page
    client.post(url(kim.officer, "deactivate/"))
    assert "nobody at the desk gave" not in client.get("/desk/").content.decode()
    assert not OfficerKey.objects.filter(officer=kim.officer).exists()


@pytest.mark.parametrize("verb", ["deactivate", "role"])
def test_the_last_key_holder_is_kept_with_a_sentence(sam: Person, verb: str) -> None:
    client = enter(sam)
    if verb == "role":
        answer = client.post(url(sam.officer), {"role": "auditor", "sure": "1"})
    else:
        answer = client.post(url(sam.officer, "deactivate/"))
    assert "is the last" in said(client, answer)
    assert Officer.objects.get(pk=sam.officer.pk).role == "supervisor"
    assert client.get("/desk/").status_code == 200


def test_a_role_changes_and_the_trail_says_so(sam: Person, kim: Person, as_desk) -> None:
    as_desk()
    client = enter(sam)
    client.post(url(kim.officer), {"role": "supervisor"})
    assert Officer.objects.get(username="kim").role == "supervisor"
    assert OfficerKey.objects.filter(officer=kim.officer).exists()
    client.post(url(kim.officer), {"role": "auditor", "sure": "1"})
    assert not OfficerKey.objects.filter(officer=kim.officer).exists()
    assert [event.about for event in events("role_changed")] == ["kim", "kim"]


def test_a_name_is_not_changed(sam: Person, kim: Person) -> None:
    enter(sam).post(url(kim.officer), {"username": "other", "role": "officer"})
    assert Officer.objects.filter(username="kim").exists()


def test_somebody_else_is_signed_out_everywhere(sam: Person, kim: Person) -> None:
    hers = enter(kim)
    enter(sam).post(url(kim.officer, "sign-out/"))
    assert hers.get("/desk/").status_code == 303
    assert log_in(kim, ahead=1)


def test_nobody_is_deleted_and_no_password_is_set(sam: Person, kim: Person) -> None:
    client = enter(sam)
    assert client.get(url(kim.officer, "delete/")).status_code == 404
    answer = client.get(url(kim.officer, "password/"))
    assert "There are no passwords to set here" in said(client, answer)


def test_only_supervisors_and_only_posts(sam: Person, kim: Person) -> None:
    client = enter(kim)
    assert client.get(OFFICERS).status_code == 403
    for verb in ("give-access", "deactivate", "activate", "sign-out"):
        assert client.post(url(sam.officer, f"{verb}/")).status_code == 403
    boss = enter(sam)
    assert boss.get(url(kim.officer, "activate/")).status_code == 405


def test_the_list_says_who_gets_in_with_what(sam: Person, kim: Person) -> None:
    client = enter(sam)
    client.post(f"{OFFICERS}add/", {"username": "lee", "role": "officer"})
    client.post(url(kim.officer, "give-access/"))
    page = client.get(OFFICERS).content.decode()
    for state in ("None yet", "One-time words until", "Set up"):
        assert state in page


def test_a_wrong_name_is_an_error_beside_the_field(sam: Person) -> None:
    client = enter(sam)
    for name in ("two words", "supervisor", ""):
        answer = client.post(f"{OFFICERS}add/", {"username": name, "role": "officer"})
        assert "errorlist" in answer.content.decode()


LINE = "The recovery sheets still lie on this machine"


def type_back(client: Client, one: str, two: str) -> str:
    answer = client.post("/desk/recovery/", {"sheet_1": one, "sheet_2": two})
    return answer.content.decode()


def test_two_sheets_typed_back_end_the_red_line(sam: Person, first, kim: Person, settings) -> None:
    sheet_files.write_first_access(first)
    client, hers = enter(sam), enter(kim)
    for page in (client.get(OFFICERS), hers.get("/desk/tips/tip/")):
        assert LINE in page.content.decode()
    shortened = " ".join(word[:4].upper() for word in first.sheets[2].split())
    right = type_back(client, first.sheets[0], f"  {shortened}\n")
    assert "Right, every word" in right
    assert LINE not in right
    assert not settings.FIRST_SUPERVISOR_FILE.exists()
    assert not settings.RECOVERY_SHEETS_FILE.exists()
    assert [event.by for event in events("sheets_kept")] == ["supervisor"]


SLIPS = [
    (
        lambda one, two: (one, " ".join([*two.split()[:6], "xylophone", *two.split()[7:]])),
        "Word 7 of this",
    ),
    (lambda one, two: (one, " ".join(reversed(two.split()))), "A word of this sheet is wrong"),
    (lambda one, two: (one, two.rpartition(" ")[0]), "33 words; here are 32"),
    (lambda one, two: (one, one), "one sheet, typed twice"),
    (lambda one, two: (one, another_set(one)[1]), "two different sets"),
    (lambda one, two: another_set(one)[:2], "not recovery sheets of this desk"),
    (lambda one, two: (one, ""), "Type the words of this sheet"),
    (lambda one, two: (one, "a" * 1001), "at most 1000"),
]


def test_a_slip_in_a_sheet_is_named_and_what_was_typed_stays(sam: Person, first, settings) -> None:
    sheet_files.write_first_access(first)
    client = enter(sam)
    for slip, sentence in SLIPS:
        one, two = slip(*first.sheets[:2])
        page = type_back(client, one, two)
        assert sentence in page, sentence
        for typed in (one, two):
            assert typed in page, sentence
    assert settings.RECOVERY_SHEETS_FILE.exists()
    assert events("sheets_kept") == []


def test_the_recovery_page_is_for_supervisors(kim: Person) -> None:
    assert enter(kim).get("/desk/recovery/").status_code == 403
    assert Client().get("/desk/recovery/").headers["Location"].startswith(LOG_IN)
