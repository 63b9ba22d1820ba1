"""What a watcher outside is told of the whole, and what the screen for the operator says of it."""

import re
import shutil
from collections import namedtuple
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test import Client
from django.utils import timezone

from slu_antitrafficking import sandbox
from tests.admin.desk import enter
from tests.cast import Person
from tests.restored import hired
from tips import checks, condition
from tips.database import rights
from tips.housekeeping import backups, self_check
from tips.models import HEARTBEAT, HOURLY, LAST_DRILL, DeskKey, Event, Officer, Upkeep

pytestmark = pytest.mark.django_db


def asked() -> tuple[int, str]:
    response = Client().get("/desk/health/")
    assert not response.cookies
    assert response.headers["Cache-Control"] == "no-store"
    return response.status_code, response.content.decode()


def screen_lines() -> list[list[str]]:
    """State, name and text of each line of the database's part."""
    out = StringIO()
    call_command("doctor", stdout=out)
    return [line.split("\t") for line in out.getvalue().splitlines()]


def screen() -> dict[str, tuple[str, str]]:
    """By name: the state and the text."""
    return {name: (state, text) for state, name, text in screen_lines()}


@pytest.fixture
def untried(sam: Person, kim: Person, settings, tmp_path, monkeypatch) -> None:
    """A desk in order on which nobody has tried anything yet."""
    settings.VAR, settings.MAIL_LEAVES, settings.DESK_EMAIL = tmp_path, True, ["d@example.org"]
    disk(monkeypatch, free=60)
    hired("noel", Officer.Role.SUPERVISOR, sam)
    Officer.objects.filter(role=Officer.Role.SUPERVISOR).update(email="s@example.org")
    for name in (HEARTBEAT, HOURLY):
        Upkeep.objects.create(name=name, done_at=timezone.now())


@pytest.fixture
def well(untried: None) -> None:
    """One on which nothing is to be done."""
    for verb in (Event.Verb.DRILLED, Event.Verb.ALARM_TESTED):
        Event.objects.record(verb, by="sam")


def disk(patch: pytest.MonkeyPatch, free: int) -> None:
    usage = namedtuple("usage", "total used free")
    patch.setattr(shutil, "disk_usage", lambda _folder: usage(100, 100 - free, free))


def ago(name: str, **when: int) -> None:
    Upkeep.objects.filter(name=name).update(done_at=timezone.now() - timedelta(**when))


def an_officer_changed_the_trail_s_clock() -> None:
    Event.objects.create(verb=Event.Verb.LOGGED_IN, at=timezone.now() + timedelta(days=3))


def something_fails() -> None:
    row = Upkeep(name="Rights of the doors")
    row.went_wrong("sam: a right that nobody gave")


BAD = {
    "Housekeeping": lambda: ago(HOURLY, hours=3),
    "Mail": lambda: ago(HEARTBEAT, minutes=4),
    "Desk key": lambda: DeskKey.objects.update(retired_at=timezone.now()),
    "Officers who can open tips": lambda: Officer.objects.update(is_active=False),
    "Database's clock": an_officer_changed_the_trail_s_clock,
    "Rights of the doors": something_fails,
}


def test_a_desk_in_order_is_well(well) -> None:
    assert {line for line in condition.lines() if line.state != "ok"} == set()
    assert asked() == (200, "well")


@pytest.mark.parametrize("name", BAD)
def test_what_must_be_seen_to_now_is_red(name: str, well) -> None:
    BAD[name]()
    assert (name, "bad") in {(line.name, line.state) for line in condition.lines()}
    assert asked() == (503, "red")


def test_what_can_wait_for_the_day_is_amber(well) -> None:
    ago(HOURLY, minutes=90)
    assert [line.name for line in condition.lines() if line.state != "ok"] == ["Housekeeping"]
    assert asked() == (200, "amber")


def test_what_was_not_tried_lately_is_amber(untried) -> None:
    def waiting():
        return {line.name for line in condition.lines() if line.state == "warn"}

    assert waiting() == {"Recovery sheets", "Test alarm"}
    long_ago = timezone.now() - timedelta(days=100)
    Event.objects.create(verb=Event.Verb.ALARM_TESTED, at=long_ago)
    Event.objects.create(verb=Event.Verb.DRILLED, at=long_ago)
    assert waiting() == {"Test alarm"}
    assert asked() == (200, "amber")


def health_of(page: str) -> dict[str, str]:
    """Of the start page: how each line is read out, in the page's order."""
    shown = re.findall(
        r'<span class="visually-hidden">(\w[^<]*): </span>([^:<]+): ', unescape(page)
    )
    return {name: state for state, name in shown}


def test_start_says_the_same_to_each_officer(kim: Person, well, monkeypatch) -> None:
    client = enter(kim)

    def shown() -> dict[str, str]:
        return health_of(client.get("/desk/").content.decode())

    at_the_desk = {"Disk", "Housekeeping", "Test alarm", "Database's clock"}
    assert {shown()[name] for name in at_the_desk} == {"Good"}
    ago(HOURLY, minutes=90)
    disk(monkeypatch, free=4)
    an_officer_changed_the_trail_s_clock()
    something_fails()
    assert dict(list(shown().items())[:4]) == {
        "Disk": "Failing",
        "Database's clock": "Failing",
        "Rights of the doors": "Failing",
        "Housekeeping": "To do",
    }


@pytest.mark.parametrize(("free", "word"), [(14, "amber"), (4, "red")])
def test_a_disk_that_is_nearly_full_is_seen_from_outside(free, word, well, monkeypatch) -> None:
    disk(monkeypatch, free=free)
    assert asked()[1] == word


def test_of_the_store_s_disk_and_postgresql_s_the_fuller_counts(
    well, tmp_path, monkeypatch
) -> None:
    theirs = tmp_path / "postgresql"
    theirs.mkdir()
    monkeypatch.setattr(condition, "POSTGRESQL", theirs)
    usage = namedtuple("usage", "total used free")
    free = {tmp_path: 60, theirs: 4}
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(100, 0, free[folder]))
    assert asked() == (503, "red")
    free[theirs] = 61
    assert asked() == (200, "well")


def test_the_desk_s_own_role_may_look(well, as_desk) -> None:
    as_desk()
    assert asked() == (200, "well")


def test_the_screen_names_nobody(sam: Person, kim: Person) -> None:
    something_fails()
    said = str(screen())
    for name in Officer.objects.values_list("username", flat=True):
        assert name not in said.replace("same", "")


def test_the_screen_says_each_thing_once(well, settings, tmp_path) -> None:
    """Of backups nothing: ./run doctor reads the files in which that was noted."""
    settings.BACKUP_FOLDER = str(tmp_path)
    backups.every_minute()  # none was made
    Upkeep.objects.create(name=LAST_DRILL, done_at=timezone.now())
    something_fails()
    lines = screen_lines()
    names = [name for _state, name, _text in lines]
    assert len(names) == len(set(names))
    assert not [name for name in names if "ackup" in name or "drill" in name]
    assert ["bad", "Rights of the doors", "see the desk's start page"] in lines


def test_the_screen_says_whether_a_restore_was_tried_from_the_first_day(well, settings) -> None:
    """Also before housekeeping has written down that a backup was made."""
    settings.ON_LOOPBACK = False
    assert screen()["Restore tried"] == ("warn", "never")
    Event.objects.record(Event.Verb.RESTORE_TRIED, by="sam")
    assert screen()["Restore tried"][0] == "ok"


def test_the_screen_looks_at_the_rights_itself(sam: Person) -> None:
    assert screen()["Rights of the doors"] == ("ok", "as the release has them")


def test_the_screen_sees_a_right_that_somebody_gave(sam: Person) -> None:
    with connection.cursor() as cursor:
        names = rights.role_names(rights.database_of(cursor))
        cursor.execute(f"GRANT SELECT ON tips_tip TO {names.public}")
    assert screen()["Rights of the doors"] == ("bad", "1 are not as the release has them")


def test_the_screen_sees_what_a_power_cut_would_take(sam: Person) -> None:
    """The tests' own server trades fsync for time; somebody did the same for a role."""
    with connection.cursor() as cursor:
        names = rights.role_names(rights.database_of(cursor))
        cursor.execute(f"ALTER ROLE {names.public} SET synchronous_commit = off")
    state, text = screen()["Power cut"]
    assert state == "bad"
    assert {"fsync", "synchronous_commit"} <= set(text.partition(":")[0].split(", "))


def test_the_screen_is_amber_while_a_server_does_not_archive_its_log(sam: Person, settings) -> None:
    settings.BACKUP_FOLDER = ""
    assert screen()["Log archive"][0] == "-"  # a trial
    settings.BACKUP_FOLDER = "/var/spool/know-the-signs"
    state, text = screen()["Log archive"]
    assert (state, "docs/operations.md, Back up, Every minute" in text) == ("warn", True)


@pytest.mark.parametrize(
    ("archived", "failed", "state"),
    [
        ("14 min", "1 h", "ok"),
        ("16 min", None, "bad"),
        ("1 h", "2 min", "bad"),
        (None, None, "warn"),
    ],
)
def test_the_screen_sees_a_log_that_is_not_archived(
    archived: str | None, failed: str | None, state: str, sam: Person, monkeypatch
) -> None:
    ago = "clock_timestamp() - interval '{}'"
    columns = [ago.format(one) if one else "NULL::timestamptz" for one in (archived, failed)]
    monkeypatch.setattr(backups, "ARCHIVER", f"SELECT true, {', '.join(columns)}")
    assert screen()["Log archive"][0] == state


def test_where_photos_are_lost_a_door_serves_and_nothing_new_is_installed(monkeypatch) -> None:
    assert checks.photos_can_be_cleaned() == []
    monkeypatch.setattr(sandbox, "TRIAL", sandbox.TRIAL[:100])
    (found,) = checks.photos_can_be_cleaned()
    assert not found.is_serious()
    with pytest.raises(SystemCheckError, match="Photos cannot be cleaned here"):
        call_command("check", fail_level="WARNING")


def test_the_desk_is_told_where_photos_are_lost(sam: Person, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "TRIAL", sandbox.TRIAL[:100])
        self_check.every_hour()
    page = enter(sam).get("/desk/").content.decode()
    assert "A trial photo was lost" in page
    assert asked() == (503, "red")
    self_check.every_hour()
    assert "A trial photo was lost" not in enter(sam).get("/desk/").content.decode()
