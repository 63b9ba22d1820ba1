"""The monthly half of a drill: a backup that is restored while it is sealed."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from tests.attacks import store
from tests.operations.console import both, converse
from tests.operations.desk_walk import Told
from tests.operations.exchanged import folder_with
from tests.running import RunningSite, until
from tips.crypto import recovery_sheets, sealing


def test_a_copy_is_compared_and_leaves_nothing_behind(lost: RunningSite, told: Told) -> None:
    events = store.rows(lost, "SELECT count(*) FROM tips_event WHERE verb <> 'logged_in'")
    before = set((lost.var / "backups").rglob("*.age"))
    code, said = lost.run("drill")
    assert (code, "a copy of it is the same" in said) == (0, True), said
    (path,) = set((lost.var / "backups").rglob("*.age")) - before
    noted = json.loads((lost.var / "backups" / "backup.json").read_text())
    assert noted["dump"]["bytes"] == path.stat().st_size
    drilled = json.loads((lost.var / "backups" / "drill.json").read_text())
    assert drilled["at"].endswith(":00:00+00:00")
    assert store.rows(lost, "SELECT FROM tips_drillcanary") == []
    assert store.rows(lost, "SELECT FROM tips_alarm WHERE tip_id IS NULL") == []
    assert events == store.rows(lost, "SELECT count(*) FROM tips_event WHERE verb <> 'logged_in'")
    assert list(lost.temporary.glob("know-the-signs-scratch-*")) == []


def test_a_copy_that_lacks_a_row_or_changed_one_is_no_backup(lost: RunningSite, told: Told) -> None:
    noted = (lost.var / "backups" / "backup.json").read_text()
    kept = set((lost.var / "backups").rglob("*.age"))
    for after, sentence in (
        ("DELETE FROM tips_message", "The copy differs in tips_message"),
        ("UPDATE tips_tip SET district = 'laborie'", "The copy differs in tips_tip"),
        ("DELETE FROM tips_drillcanary", "The copy differs in tips_drillcanary"),
        # What a copy brings makes itself no role that runs programs.
        ("CREATE ROLE burglar", "pg_restore failed"),
    ):
        script = f'"$REAL/pg_restore" "$@" && "$REAL/psql" -q -c "{after}"'
        folder = folder_with(lost, "pg_restore", script)
        code, said = lost.run("drill", PG_BIN=str(folder))
        assert (code, sentence in said) == (1, True), said
        assert (lost.var / "backups" / "backup.json").read_text() == noted
        assert set((lost.var / "backups").rglob("*.age")) == kept


def test_two_people_try_a_backup_elsewhere_and_the_desk_says_when(
    lost: RunningSite, told: Told, backup: Path, elsewhere: Callable[[], RunningSite]
) -> None:
    machine = elsewhere()
    sheets = both(lost.first["recovery-2"][0], lost.first["recovery-1"][0])
    command = ["./run", "restore-drill", str(backup)]
    code, screen = converse(command, machine.environment, sheets)
    assert code == 0, screen
    assert "The recovery sheets open 2001 of 2001 tips." in screen
    assert list(machine.temporary.iterdir()) == []
    assert not (machine.var / "postgres").exists()
    others = recovery_sheets.split(sealing.new_secret())
    code, screen = converse(command, machine.environment, both(others[0], others[2]))
    assert (code, "sealed to other recovery sheets" in screen) == (1, True), screen
    # On a server, where backups are watched, the start page has three dates.
    assert lost.run("drill")[0] == 0
    assert re.search(r"Restore tried.*?never", start_page(lost, told), re.S)
    assert lost.run("manage", "restore_tried")[0] == 0
    assert not re.search(r"Restore tried.*?never", start_page(lost, told), re.S)


def start_page(site: RunningSite, told: Told) -> str:
    """What it shows after a housekeeping that watches backups; the site's own, which does not, may
    come between."""

    def look() -> str:
        folder = str(site.var / "backups")
        code, said = site.run("manage", "housekeeping", BACKUP_FOLDER=folder)
        assert code == 0, said
        page = told.boss.get("/desk/").page
        return page if "Monthly drill" in page else ""

    return until(look, 60, "the dates of backups")
