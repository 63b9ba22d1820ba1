"""Somebody who left, with their words, phone and cookie, and a copy of the store from before."""

import re
import subprocess
from typing import NamedTuple

import psycopg2
import pytest

from slu_antitrafficking.start.options import MANAGE
from tests.attacks import store
from tests.attacks.visitor import Clerk, Visitor
from tests.operations import own_housekeeping
from tests.running import RunningSite, until
from tips.crypto.sealing import Keyring

OFFICERS = "/desk/tips/officer/"


class Leaver(NamedTuple):
    """Somebody who leaves: their log-in, and what they copied of the store before."""

    clerk: Clerk
    page: str  # their account's, at the desk
    copy: dict[str, list[store.Row]]
    keys: Keyring

    def pieces(self) -> list[bytes]:
        """Of every secret of theirs, as it stood in the store."""
        values = [row["wrapped"] for row in self.copy["tips_officerkey"]]
        values += [row["sealed"] for row in self.copy["tips_deskkeygrant"]]
        values += [row["session_data"] for row in self.copy["tips_desksession"]]
        return [store.piece_of(value) for value in values]


def hire(site: RunningSite, boss: Clerk, name: str) -> Leaver:
    """An officer who has set up, logged in, and copied the rows that are theirs."""
    boss.get(f"{OFFICERS}add/")
    boss.send(f"{OFFICERS}add/", username=name, role="officer")
    ((officer,),) = (
        row.values()
        for row in store.rows(site, "SELECT id::text FROM tips_officer WHERE username = %s", name)
    )
    page = f"{OFFICERS}{officer}/"
    given = boss.send(f"{page}give-access/")
    assert given.status == 200, boss.get(page).page
    words = given.output("one-time-passphrase")
    clerk = Clerk(site.desk_url, name, words, Visitor())
    clerk.set_up()
    clerk.log_in()
    copy = {
        "tips_officerkey": store.rows(
            site, "SELECT * FROM tips_officerkey WHERE officer_id = %s::uuid", officer
        ),
        "tips_deskkeygrant": store.rows(
            site, "SELECT * FROM tips_deskkeygrant WHERE officer_key_id = %s::uuid", officer
        ),
        "tips_desksession": store.rows(
            site, "SELECT * FROM tips_desksession WHERE officer_id = %s::uuid", officer
        ),
    }
    assert all(copy.values())
    (key,) = copy["tips_officerkey"]
    return Leaver(clerk, page, copy, store.keyring(key, copy["tips_deskkeygrant"], clerk.words))


def send_tip(site: RunningSite) -> store.Row:
    """A tip's row, as the store holds it."""
    page = Visitor().send(f"{site.url}/report/", what_happened="They keep her passport.").page
    reference = re.search(r'<output id="reference"[^>]*>([A-Z]{2}-\d{4})<', page)
    assert reference
    (row,) = store.rows(site, "SELECT * FROM tips_tip WHERE reference = %s", reference[1])
    return row


@pytest.fixture(scope="module")
def leaver(_site: RunningSite, _boss: Clerk) -> Leaver:
    """An officer with keys and a session, who was deactivated just now."""
    leaver = hire(_site, _boss, "leaver")
    assert leaver.keys.fits(send_tip(_site)["sealed"])
    assert leaver.clerk.get("/desk/").status == 200
    # Else nothing below proves anything.
    assert not store.in_no_file(_site, leaver.pieces())
    _boss.send(f"{leaver.page}deactivate/")
    return leaver


def test_a_minute_later_nothing_of_theirs_is_in_any_file(
    site: RunningSite, boss: Clerk, leaver: Leaver
) -> None:
    """With a control: what their colleagues have is still found by the same search."""
    until(lambda: not store.files_with(site, *leaver.pieces()), 90, "their keys to leave", 8)
    (row,) = store.rows(
        site,
        "SELECT wrapped FROM tips_officerkey k JOIN tips_officer o ON o.id = k.officer_id"
        " WHERE o.username = %s",
        boss.username,
    )
    assert store.files_with(site, store.piece_of(row["wrapped"]))


HELD = "Somebody's open transaction keeps deleted rows on the disk; tried again every minute."
END_OLD = """
from tips.housekeeping import rewriting
rewriting.DOOR_TRANSACTION_LIMIT = 0
rewriting.end_old_door_transactions()
"""


def open_snapshot(url: str) -> psycopg2.extensions.connection:
    """Of a reader who touches no table of ours, never ends, and took the limits off."""
    connection = psycopg2.connect(url)
    connection.set_session(isolation_level="REPEATABLE READ")
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT 1")
    return connection


def red_lines(site: RunningSite) -> list[object]:
    """What is wrong after a minute's housekeeping."""
    assert site.run("manage", "housekeeping") == (0, "")
    query = "SELECT problem FROM tips_upkeep WHERE name = 'Keys off the disk' AND problem <> ''"
    return [row["problem"] for row in store.rows(site, query)]


def test_an_older_snapshot_is_told_until_it_ends_and_then_nothing_is_in_any_file(
    site: RunningSite, boss: Clerk
) -> None:
    leaver = hire(site, boss, "leaver-beside-a-reader")
    reader = open_snapshot(site.owner_url)
    boss.send(f"{leaver.page}deactivate/")
    until(lambda: red_lines(site) == [HELD], 60, "the red line")
    assert store.files_with(site, *leaver.pieces())
    reader.close()
    until(lambda: red_lines(site) == [], 60, "no red line")
    assert not store.files_with(site, *leaver.pieces())


def test_a_doors_old_snapshot_is_ended(site: RunningSite) -> None:
    """And nobody else's."""
    door, owner = open_snapshot(store.public_url(site)), open_snapshot(site.owner_url)
    environment = site.environment | {"OWN_CLUSTER": "1", "OWNER_DATABASE_URL": site.owner_url}
    environment |= {"SERVE": "both", "PUBLIC_DATABASE_URL": store.public_url(site)}
    subprocess.run([*MANAGE, "shell", "-v0", "-c", END_OLD], env=environment, check=True)
    with owner.cursor() as cursor:
        cursor.execute("SELECT 1")
    with pytest.raises(psycopg2.OperationalError), door.cursor() as cursor:
        cursor.execute("SELECT 1")
    owner.close()


def test_words_phone_and_cookie_open_nothing(site: RunningSite, leaver: Leaver) -> None:
    assert leaver.clerk.get("/desk/").status == 303
    answer = leaver.clerk.enter(leaver.clerk.digits(1))
    assert "do not fit together" in answer.page


def test_what_came_later_is_sealed_to_a_key_they_never_had(
    site: RunningSite, boss: Clerk, leaver: Leaver
) -> None:
    later = send_tip(site)
    assert not leaver.keys.fits(later["sealed"])
    page = boss.get(boss.finds(later["reference"])).page
    assert "They keep her passport." in page


def test_their_rows_written_back_open_nothing_and_light_a_red_line(
    site: RunningSite, boss: Clerk, leaver: Leaver
) -> None:
    for table in store.KEYS:
        for row in leaver.copy[table]:
            store.put_back(site, table, row)
    assert leaver.clerk.get("/desk/").status == 303
    assert "do not fit together" in leaver.clerk.enter(leaver.clerk.digits(1)).page
    name = leaver.clerk.username
    with own_housekeeping.rests(site):
        assert site.run("manage", "housekeeping") == (0, "")
    assert f"{name}: a key that nobody at the desk gave." in boss.get("/desk/").page
    # And the account made active again, which the desk's own role could do.
    store.rows(site, "UPDATE tips_officer SET is_active = true WHERE username = %s", name)
    assert "a key that nobody at the desk gave" in leaver.clerk.enter(leaver.clerk.digits(1)).page
    assert leaver.clerk.get("/desk/").status == 303
    boss.send(f"{leaver.page}deactivate/")


def test_their_desk_key_made_active_again_is_set_right_at_the_next_press(
    site: RunningSite, boss: Clerk, leaver: Leaver
) -> None:
    """By rows written back: the desk's own role can do as much with its function."""
    kids = [bytes(row["desk_key_id"]) for row in leaver.copy["tips_deskkeygrant"]]
    store.rows(
        site,
        "WITH old AS (SELECT kid FROM tips_deskkey WHERE kid = ANY(%s)"
        " ORDER BY created_at DESC LIMIT 1)"
        " UPDATE tips_deskkey k SET retired_at ="
        " CASE WHEN k.kid = old.kid THEN NULL ELSE coalesce(k.retired_at, now()) END FROM old",
        kids,
    )
    until(lambda: leaver.keys.fits(send_tip(site)["sealed"]), 40, "the old key to be sealed to", 2)
    line = "An old desk key was made active again"
    until(lambda: line in boss.get("/desk/").page, 40, "the red line", 2)
    assert f"{boss.username} has a key that nobody at the desk gave" not in boss.get("/desk/").page
    until(
        lambda: not leaver.keys.fits(send_tip(site)["sealed"]), 40, "the newest key to be back", 2
    )
