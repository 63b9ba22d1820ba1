"""./run upgrade on a server where tips arrive: 0.9.0, built here, to a made-up 0.9.1."""

import os
import subprocess
import threading
from pathlib import Path

import pytest

from slu_antitrafficking.operations.upgrade import plan
from slu_antitrafficking.start.postgres.data_folder import DataFolder
from slu_antitrafficking.start.postgres.database import owner
from slu_antitrafficking.start.postgres.programs import find
from tests.operations.pretended_server import doors
from tests.operations.releasing import NEXT
from tests.operations.upgrade.senders import Senders, each_once
from tests.running import until


def counts() -> list[int]:
    with owner(os.environ["DATABASE_URL"]) as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM tips_tip), (SELECT count(*) FROM tips_event),"
            " (SELECT count(*) FROM tips_alarm), (SELECT count(*) FROM tips_box)"
        )
        return list(cursor.fetchone())


def test_the_next_release_serves_and_nobody_noticed(machine, next_release, capsys):
    with Senders(machine.port) as senders:
        senders.await_more()
        code, said = machine.run("upgrade", str(next_release), "--watch", "3")
        assert code == 0, said
        # The pretended server's is its own.
        assert "/etc/nginx/nginx.conf was changed by hand and stays" in said
        senders.await_more()
    assert machine.serving().count(NEXT) == 2
    assert f"Know the Signs {NEXT}" in machine.run("version")[1]
    assert machine.enabled() == doors("green") | {"kts-counting.timer"}
    assert senders.refused == []
    assert senders.gap <= 1
    each_once(senders)
    with owner(os.environ["DATABASE_URL"]) as cursor:
        cursor.execute("SELECT count(*) FROM tips_tip WHERE seen_by_a_test IS NULL")
        assert cursor.fetchone() == (len(senders.received),)
    asked = machine.sh("cat /run/know-the-signs/asked")[1]
    assert asked.index("kts-backup") < asked.index("operations.superuser")
    assert asked.index("operations.superuser") < asked.index("kts-public@green")
    with capsys.disabled():
        print(
            f"upgrade: {len(senders.received)} tips, longest gap {senders.gap:.2f} s,"
            f" {next_release.stat().st_size >> 20} MB, {machine.sh('du -sm /opt')[1]}"
        )
    code, said = machine.run("upgrade", str(next_release))
    assert code == 1
    assert "serves already" in said


def store() -> bytes:
    """All rows, as SQL."""
    pg_dump = find(DataFolder(Path("/nowhere"))).folder / "pg_dump"
    lines = subprocess.check_output([pg_dump, os.environ["DATABASE_URL"]]).splitlines()
    return b"\n".join(line for line in lines if b"restrict " not in line)  # a random word each time


def test_a_check_writes_nothing_and_says_what_would_be_run(machine, next_release):
    files, rows = machine.files(), store()
    code, said = machine.run("upgrade", "--check", str(next_release))
    assert code == 0, said
    assert plan.by_hand() in said
    assert machine.files() == files
    assert store() == rows


def test_where_too_little_room_is_left_neither_begins(machine, next_release):
    machine.leave_room(100)
    for arguments in (("--check",), ()):
        code, said = machine.run("upgrade", *arguments, str(next_release))
        assert code == 1, said
        assert "Too little room" in said
    assert machine.sh("ls /opt/know-the-signs/releases")[1] == "0.9.0\n"
    assert "kts-backup" not in machine.sh("cat /run/know-the-signs/asked")[1]


def refuse_backup(machine):
    machine.sh("touch /run/know-the-signs/no-backup")


def let_no_tip_in(machine):
    with owner(os.environ["DATABASE_URL"]) as cursor:
        cursor.execute("UPDATE tips_deskkey SET retired_at = now()")


def break_the_desk(machine):
    machine.sh("sed -i s/SECRET_KEY=/SECRET=/ /etc/know-the-signs/desk.env")


@pytest.mark.parametrize(
    ("breaks", "why"),
    [
        (refuse_backup, "A sealed backup"),
        (break_the_desk, "The new doors"),
        (let_no_tip_in, "a trial tip"),
    ],
    ids=["backup", "doors", "canary"],
)
def test_red_before_the_swap_leaves_the_old_release_serving(breaks, why, machine, next_release):
    breaks(machine)
    before = counts()
    code, said = machine.run("upgrade", str(next_release), "--watch", "1")
    assert code == 1, said
    assert why.lower() in said.lower()
    assert counts() == before
    assert "0.9.1" not in machine.serving()
    assert machine.sh("ls /run/know-the-signs")[1].count("green.sock") == 0


def test_red_after_the_swap_goes_back_by_itself(machine, next_release):
    """The new desk dies while it is watched; who sends meanwhile is served throughout."""
    with Senders(machine.port) as senders:
        senders.await_more(3)
        result: list[tuple[int, str]] = []
        upgrade = threading.Thread(
            target=lambda: result.append(machine.run("upgrade", str(next_release), "--watch", "60"))
        )
        upgrade.start()
        until(lambda: machine.serving().count(NEXT) == 2, 240, "the swap")
        machine.sh("kill -9 $(cat /run/know-the-signs/desk-green.pid)")
        upgrade.join()
        senders.await_more(3)
    (code, said) = result[0]
    assert code == 1
    assert "The desk door says" in said
    assert "0.9.1" not in machine.serving()
    assert senders.refused == []
    each_once(senders)


def test_a_release_whose_visitors_meet_errors_goes_back_by_itself(machine, broken_release):
    """Both doors are well; one page, which the upgrade does not ask for, is an error."""
    result: list[tuple[int, str]] = []
    upgrade = threading.Thread(
        target=lambda: result.append(machine.run("upgrade", str(broken_release), "--watch", "60"))
    )
    upgrade.start()
    until(lambda: machine.serving().count(NEXT) == 2, 240, "the swap")
    until(lambda: machine.answer("/press/") == 500, 20, "the page that is broken")
    until(lambda: machine.answer("/press/") == 200, 60, "the old doors again")
    upgrade.join()
    (code, said) = result[0]
    assert code == 1
    assert "answers of the new doors were 500 or above" in said
    assert "0.9.1" not in machine.serving()
