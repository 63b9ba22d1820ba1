"""./run upgrade on a server where tips arrive: 0.9.0, built here, to a made-up 0.9.1."""

import http.client
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import pytest

from slu_antitrafficking.start.postgres.database import owner
from tests.networks import new_network
from tests.operations.pretended_server import Server
from tests.operations.releasing import NEXT, Workshop, changed
from tests.running import until
from tips.crypto import receipts

MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tips", "0002_storage")]
    operations = [
        migrations.AddField("tip", "seen_by_a_test", models.BooleanField(null=True)),
    ]
"""


SEEN = b'    seen_by_a_test = models.BooleanField(null=True, db_comment="a test\'s")\n'
CHANGES = {
    "tips/models/tip.py": (b"    objects: ", SEEN + b"    objects: "),
    "tips/migrations/0003_seen.py": (b"", MIGRATION.encode()),
}


PRESS = b'return _page(request, "press", "campaign/page.html")'
BROKEN = {"campaign/views.py": (PRESS, b"raise RuntimeError")}


@pytest.fixture(scope="session")
def next_release(workshop: Workshop, released: Path, tmp_path_factory) -> Path:
    """With one column more, which the old release knows nothing of."""
    return changed(released, CHANGES, tmp_path_factory.mktemp("next"), workshop.key)


@pytest.fixture(scope="session")
def broken_release(workshop: Workshop, released: Path, tmp_path_factory) -> Path:
    """The same, with one page that is an error."""
    changes = CHANGES | BROKEN
    return changed(released, changes, tmp_path_factory.mktemp("broken"), workshop.key)


@pytest.fixture
def machine(tmp_path: Path, workshop: Workshop, released: Path) -> Iterator[Server]:
    """0.9.0 serves."""
    tmp_path.chmod(0o755)
    with owner(os.environ["DATABASE_URL"]) as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    there = Server(tmp_path, os.environ["DATABASE_URL"], workshop, released)
    yield there
    there.stop()


class Senders:
    """People who send one tip after the other through nginx, and what became of each."""

    def __init__(self, port: int, people: int = 3) -> None:
        self.port, self.people = port, people
        self.received: dict[str, str] = {}
        self.refused: list[int] = []
        self.moments: list[float] = []
        self._stop = threading.Event()

    def __enter__(self) -> "Senders":
        self._threads = [threading.Thread(target=self._send) for _ in range(self.people)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def await_more(self, tips: int = 10) -> None:
        enough = len(self.received) + tips
        until(lambda: len(self.received) >= enough, 60, f"{tips} tips more")

    @property
    def gap(self) -> float:
        moments = sorted(self.moments)
        return max(later - now for now, later in pairwise(moments))

    def _send(self) -> None:
        while not self._stop.is_set():
            page = receipts.new_idempotency_key()
            line = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=30, source_address=(new_network(), 0)
            )
            form = urlencode({"submission": page, "what_happened": f"A tip {page}"})
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Host": "www.example.org",
            }
            try:
                line.request("POST", "/report/", form, headers)
                answer = line.getresponse()
                found = re.search(rb'"reference"[^>]*>([A-Z]{2}-\d{4})<', answer.read())
                if answer.status == 200 and found:
                    self.received[page] = found[1].decode()
                    self.moments.append(time.monotonic())
                else:
                    self.refused.append(answer.status)
            except (OSError, http.client.HTTPException):
                self.refused.append(0)
            finally:
                line.close()
            self._stop.wait(0.1)


def stored() -> dict[bytes, list[str]]:
    found: dict[bytes, list[str]] = {}
    with owner(os.environ["DATABASE_URL"]) as cursor:
        cursor.execute("SELECT page_digest, reference FROM tips_tip")
        for page, reference in cursor.fetchall():
            found.setdefault(bytes(page), []).append(reference)
    return found


def counts() -> list[int]:
    with owner(os.environ["DATABASE_URL"]) as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM tips_tip), (SELECT count(*) FROM tips_event),"
            " (SELECT count(*) FROM tips_alarm), (SELECT count(*) FROM tips_box)"
        )
        return list(cursor.fetchone())


def each_once(senders: Senders) -> None:
    there = stored()
    for page, reference in senders.received.items():
        assert there[receipts.page_digest(page)] == [reference]


def test_the_next_release_serves_and_nobody_noticed(machine, next_release, capsys):
    with Senders(machine.port) as senders:
        senders.await_more()
        code, said = machine.run("upgrade", "--check", str(next_release))
        assert code == 0, said
        assert "0.9.0" in machine.serving()
        code, said = machine.run("upgrade", str(next_release), "--watch", "3")
        assert code == 0, said
        # The pretended server's is its own.
        assert "/etc/nginx/nginx.conf was changed by hand and stays" in said
        senders.await_more()
    assert machine.serving().count(NEXT) == 2
    assert f"Know the Signs {NEXT}" in machine.run("version")[1]
    assert senders.refused == []
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


def press(machine: Server) -> int:
    """What somebody is answered who looks at one page."""
    line = http.client.HTTPConnection("127.0.0.1", machine.port, timeout=30)
    with closing(line):
        line.request("GET", "/press/", headers={"Host": "www.example.org"})
        return line.getresponse().status


def test_a_release_whose_visitors_meet_errors_goes_back_by_itself(machine, broken_release):
    """Both doors are well; one page, which the upgrade does not ask for, is an error."""
    result: list[tuple[int, str]] = []
    upgrade = threading.Thread(
        target=lambda: result.append(machine.run("upgrade", str(broken_release), "--watch", "60"))
    )
    upgrade.start()
    until(lambda: machine.serving().count(NEXT) == 2, 240, "the swap")
    until(lambda: press(machine) == 500, 20, "the page that is broken")
    until(lambda: press(machine) == 200, 60, "the old doors again")
    upgrade.join()
    (code, said) = result[0]
    assert code == 1
    assert "answers of the new doors were 500 or above" in said
    assert "0.9.1" not in machine.serving()


def test_a_killed_upgrade_is_ended_by_the_next_one(machine, next_release):
    result: list[tuple[int, str]] = []
    upgrade = threading.Thread(
        target=lambda: result.append(machine.run("upgrade", str(next_release), "--watch", "20"))
    )
    upgrade.start()
    until(lambda: machine.serving().count(NEXT) == 2, 240, "the swap")
    # Its last step goes on without it, and is waited for.
    machine.sh(f"kill -9 $(pgrep -f '[s]tart upgrade {next_release} --watch 20')")
    upgrade.join()
    code, said = machine.run("upgrade", str(next_release), "--watch", "1")
    assert code == 0, said
    assert machine.serving().count(NEXT) == 2
    assert "blue.sock" not in machine.sh("ls /run/know-the-signs")[1]
