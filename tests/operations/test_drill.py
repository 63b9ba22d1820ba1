"""The monthly half of a drill: a backup that is restored while it is sealed."""

import json
import shutil
import tempfile
from pathlib import Path

from slu_antitrafficking.start.postgres import programs
from slu_antitrafficking.start.postgres.data_folder import DataFolder
from tests.attacks import store
from tests.operations.desk_walk import Told
from tests.running import RunningSite


def test_a_copy_is_compared_and_leaves_nothing_behind(lost: RunningSite, told: Told) -> None:
    events = store.rows(lost, "SELECT count(*) FROM tips_event WHERE verb <> 'logged_in'")
    before = set((lost.var / "backups").rglob("*.age"))
    code, said = lost.run("drill")
    assert (code, "a copy of it is the same" in said) == (0, True), said
    (path,) = set((lost.var / "backups").rglob("*.age")) - before
    noted = json.loads((lost.var / "backups" / "backup.json").read_text())
    assert noted["dump"]["bytes"] == path.stat().st_size
    assert noted["drill"]["at"].endswith(":00:00+00:00")
    assert store.rows(lost, "SELECT FROM tips_drillcanary") == []
    assert store.rows(lost, "SELECT FROM tips_alarm WHERE tip_id IS NULL") == []
    assert events == store.rows(lost, "SELECT count(*) FROM tips_event WHERE verb <> 'logged_in'")
    assert list(lost.temporary.glob("know-the-signs-scratch-*")) == []


def test_a_copy_that_lacks_a_row_or_changed_one_is_no_backup(lost: RunningSite, told: Told) -> None:
    real = programs.find(DataFolder(Path("/nowhere"))).folder
    folder = Path(tempfile.mkdtemp(dir=lost.folder))
    folder.chmod(0o711)
    for one in real.iterdir():
        (folder / one.name).symlink_to(one)
    (folder / "pg_restore").unlink()
    noted = (lost.var / "backups" / "backup.json").read_text()
    kept = set((lost.var / "backups").rglob("*.age"))
    for after, sentence in (
        ("DELETE FROM tips_message", "The copy differs in tips_message"),
        ("UPDATE tips_tip SET district = 'laborie'", "The copy differs in tips_tip"),
        ("DELETE FROM tips_drillcanary", "The copy differs in tips_drillcanary"),
    ):
        (folder / "pg_restore").write_text(
            f'#!/bin/sh\n{real}/pg_restore "$@" && {real}/psql -q -c "{after}"\n'
        )
        (folder / "pg_restore").chmod(0o755)
        code, said = lost.run("drill", PG_BIN=str(folder))
        assert (code, sentence in said) == (1, True), said
        assert (lost.var / "backups" / "backup.json").read_text() == noted
        assert set((lost.var / "backups").rglob("*.age")) == kept
    shutil.rmtree(folder)
