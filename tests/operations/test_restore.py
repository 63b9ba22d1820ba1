"""The disk is lost; on another machine two people type two sheets."""

import os
import signal
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from slu_antitrafficking.operations import opened_backup
from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.options import ROOT
from tests.attacks import store
from tests.operations import own_housekeeping
from tests.operations.console import both, converse
from tests.operations.desk_walk import ANSWER, WORDS, Told, follow_up, moved, told_by_citizen
from tests.operations.restoring import LEFT, NEW, restore, sheets_of
from tests.running import RunningSite
from tests.sheets import another_set, is_shown
from tips.crypto import backup_keys, recovery_sheets


@pytest.fixture
def restored(lost: RunningSite, backup: Path, elsewhere: NEW) -> RunningSite:
    """Another machine, from the backup, of which `leaver` has left since."""
    site = elsewhere()
    code, screen = restore(site, backup, sheets_of(lost), "stranger", "leaver")
    assert code == 0, screen
    assert "stranger is no active account." in screen
    assert "leaver is deactivated." in screen
    assert "new desk key, granted to supervisor, worker." in screen
    assert not any(is_shown(sheet, screen) for sheet in sheets_of(lost))
    return site.start()


def test_the_same_words_log_in_the_tip_opens_and_the_code_shows_the_answer(
    restored: RunningSite, told: Told
) -> None:
    assert not (restored.var / "first-start" / "first-supervisor.txt").exists()
    assert ANSWER in follow_up(restored, told.code).page
    (row,) = store.rows(restored, "SELECT count(*) AS tips FROM tips_tip")
    assert row["tips"] == 2001
    # Nobody is logged in.
    assert store.rows(restored, "SELECT FROM tips_desksession") == []
    boss, officer, leaver = (moved(one, restored) for one in (told.boss, told.officer, told.leaver))
    officer.log_in()
    tip = officer.finds(told.reference)
    assert WORDS in officer.get(tip).page
    assert officer.verb(tip, "reply", answer="Still here.", wait="1").status == 303
    assert "Still here." in follow_up(restored, told.code).page
    # Who left is out, with words and phone that were good in the backup.
    assert leaver.enter(leaver.digits(1)).status == 200
    # What comes from now on is sealed to a key that no copy of before opens.
    keys = store.rows(restored, "SELECT kid FROM tips_deskkey ORDER BY created_at")
    assert len(keys) >= 2
    reference, _code = told_by_citizen(restored)
    (row,) = store.rows(restored, "SELECT sealed FROM tips_tip WHERE reference = %s", reference)
    assert bytes(row["sealed"])[2:10] == bytes(keys[-1]["kid"])
    assert WORDS in officer.get(officer.finds(reference)).page
    # Red, until a supervisor has logged in and housekeeping has looked at every right.
    assert "Restored from a backup" in officer.get("/desk/").page
    with own_housekeeping.rests(restored):
        assert restored.run("manage", "housekeeping")[0] == 0
        assert "Restored from a backup" in officer.get("/desk/").page
        boss.log_in()
        assert restored.run("manage", "housekeeping")[0] == 0
        assert "Restored from a backup" not in boss.get("/desk/").page


def test_what_is_no_backup_of_ours_is_named_and_touches_nothing(
    lost: RunningSite, backup: Path, elsewhere: NEW, tmp_path: Path
) -> None:
    site = elsewhere()
    cut, changed, plain, foreign = (tmp_path / n for n in ("cut", "changed", "plain", "foreign"))
    whole = backup.read_bytes()
    cut.write_bytes(whole[:-1000])
    changed.write_bytes(whole[:200_000] + bytes([whole[200_000] ^ 1]) + whole[200_001:])
    plain.write_bytes(b"PGDMP" + bytes(50_000))
    recipient = lost.run("manage", "backup_recipient")[1].strip()
    subprocess.run(["age", "-r", recipient, "-o", foreign], input=b"a letter", check=True)
    others = another_set(sheets_of(lost)[0])
    for file, sheets, sentence in (
        (cut, sheets_of(lost), "is cut or damaged"),
        (changed, sheets_of(lost), "is cut or damaged"),
        (plain, sheets_of(lost), "is no sealed backup"),
        (foreign, sheets_of(lost), "opens, and is no backup of this site"),
        (backup, (others[0], others[1]), "was sealed to other recovery sheets"),
        (backup, (others[0], sheets_of(lost)[0]), "two different sets"),
        (backup, (sheets_of(lost)[0], sheets_of(lost)[0]), "typed twice"),
    ):
        # Without --replace: had the one before left anything, this one would be refused for it.
        code, screen = restore(site, file, sheets)
        assert code == 1, screen
        assert sentence in screen


def test_a_store_that_is_not_empty_is_left_as_it_is_unless_told(
    lost: RunningSite, backup: Path, told: Told, elsewhere: NEW
) -> None:
    site = elsewhere().start()
    reference, _code = told_by_citizen(site)
    (mine,) = store.rows(site, "SELECT id FROM tips_tip")
    code, screen = restore(site, backup, sheets_of(lost))
    assert (code, "already running" in screen) == (1, True), screen
    site.stop()
    code, screen = restore(site, backup, sheets_of(lost))
    assert (code, "not empty, and nothing was changed" in screen) == (1, True), screen
    assert "One sheet, word" not in screen  # nobody types 66 words for that
    # Nobody answers who left: all that was there is there again.
    code, screen = restore(site, backup, sheets_of(lost), "\x04", arguments=("--replace",))
    assert (code, "what was here before is here as it was" in screen) == (1, True), screen
    site.start()
    assert store.rows(site, "SELECT reference FROM tips_tip") == [{"reference": reference}]
    site.stop()
    code, screen = restore(site, backup, sheets_of(lost), "", arguments=("--replace",))
    assert code == 0, screen
    site.start()
    assert told.reference in {
        row["reference"] for row in store.rows(site, "SELECT reference FROM tips_tip")
    }
    assert not store.rows(site, "SELECT FROM tips_tip WHERE id = %s", mine["id"])


def test_nothing_secret_is_typed_into_a_pipe(
    lost: RunningSite, backup: Path, elsewhere: NEW
) -> None:
    code, said = elsewhere().run("restore", str(backup), typed="\n".join(sheets_of(lost)))
    assert (code, "have to be typed at a terminal" in said) == (1, True), said


def test_one_that_was_killed_before_its_end_leaves_what_was_there(
    lost: RunningSite, backup: Path, told: Told, elsewhere: NEW
) -> None:
    """Between the rows and who left: nobody is out yet, and nobody is let in."""
    site = elsewhere().start()
    reference, _code = told_by_citizen(site)
    site.stop()
    command = ["./run", "restore", str(backup), "--replace"]
    answers = [*both(*sheets_of(lost)), (LEFT, signal.SIGKILL)]
    code, screen = converse(command, site.environment, answers)
    assert code == -signal.SIGKILL, screen
    site.start()
    assert store.rows(site, "SELECT reference FROM tips_tip") == [{"reference": reference}]
    others = "SELECT datname FROM pg_database WHERE starts_with(datname, 'know_the_signs-')"
    assert store.rows(site, others) == [{"datname": "know_the_signs-restoring"}]
    site.stop()
    code, screen = restore(site, backup, sheets_of(lost), "leaver", arguments=("--replace",))
    assert code == 0, screen
    site.start()
    assert store.rows(site, "SELECT count(*) AS tips FROM tips_tip") == [{"tips": 2001}]
    assert store.rows(site, others) == []


def test_into_a_database_on_a_server_of_one_s_own(
    lost: RunningSite, backup: Path, told: Told, elsewhere: NEW
) -> None:
    site, owner = elsewhere(), psycopg2.extensions.parse_dsn(os.environ["DATABASE_URL"])
    url = os.environ["DATABASE_URL"].replace(f"/{owner['dbname']}?", "/restored_here?")
    with closing(psycopg2.connect(**owner)) as connection:
        connection.autocommit = True
        connection.cursor().execute("CREATE DATABASE restored_here")
        answers = [*both(*sheets_of(lost)), (LEFT, "worker")]
        command = ["./run", "restore", str(backup)]
        code, screen = converse(command, site.environment | {"DATABASE_URL": url}, answers)
        assert (code, "granted to leaver, supervisor." in screen) == (0, True), screen
        with closing(psycopg2.connect(url)) as restored, restored.cursor() as cursor:
            cursor.execute("SELECT reference FROM tips_tip")
            assert (told.reference,) in cursor.fetchall()
        connection.cursor().execute("DROP DATABASE restored_here")


def test_a_file_is_named_from_where_one_stands(lost: RunningSite, tmp_path: Path) -> None:
    (tmp_path / "a.dump.age").write_bytes(b"nothing sealed")
    command = [ROOT / "run", "restore", "a.dump.age"]
    done = subprocess.run(
        command, cwd=tmp_path, env=lost.environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "a.dump.age is no sealed backup." in done.stderr) == (1, True)


def test_who_takes_no_more_rows_is_not_waited_for(lost: RunningSite, backup: Path) -> None:
    """As `load_rows` does, which refuses a backup of a newer version after its first rows."""
    identity = backup_keys.identity(recovery_sheets.join(*sheets_of(lost)))

    def take_one() -> None:
        with opened_backup.rows_of_dump(backup, identity) as rows:
            assert rows.readline()
            raise Problem("Enough.")

    with pytest.raises(Problem, match=r"Enough\."):
        take_one()
