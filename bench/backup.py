"""backup, restore: 100,000 tips, beside PostgreSQL's own programs and age in a pipe."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import load, stage, tip_post
from bench.figure import Figure, alone, compared
from bench.people import people
from bench.seed import seed
from bench.stage import Served, Stage
from slu_antitrafficking.operations.postgres_access import PostgresAccess, access_by
from slu_antitrafficking.start.options import ROOT
from slu_antitrafficking.start.postgres import programs
from slu_antitrafficking.start.postgres.data_folder import DataFolder
from tests.operations.console import both, converse
from tips.crypto import backup_keys, recovery_sheets

TIPS = int(os.environ.get("BENCH_TIPS", "100000"))
ROUNDS = 3
LANES = 4
PAUSE = 0.1  # seconds of a lane between a receipt and its next tip
NICE = ("nice", "-n", "10")
RUN = (sys.executable, "-m", "slu_antitrafficking.start")


def measure() -> list[Figure]:
    """Each in turn with what is bare; tips are sent all the time, more than ever come."""
    with stage.stage("backup") as ground:
        seed(ground, people(ground, 4), count=TIPS, open_tips=2000)
        first = (ground.folder / "first-start" / "first-supervisor.txt").read_text()
        sheets = [line.split("\t")[1] for line in first.splitlines() if "recovery-" in line]
        folder = programs.find(DataFolder(Path("/nowhere"))).folder
        access = access_by(ground.database.owner_url, folder)
        recipient = ground.folder / "recipient"
        recipient.write_text(ground.manage("backup_recipient"))
        ours, bare, gaps, quiet = [], [], [], []
        with ground.door("public") as door:
            for _ in range(ROUNDS):
                with _sending(door) as lanes:
                    ours.append(_backup(ground, recipient))
                gaps.append(max(lane.gap for lane in lanes))
                with _sending(door):
                    bare.append(_bare_backup(access, recipient, ground.folder / "bare.age"))
                with _sending(door) as lanes:
                    time.sleep(bare[-1])
                quiet.append(max(lane.gap for lane in lanes))
        file = max((ground.folder / "backups" / "dumps").iterdir(), key=os.path.getmtime)
        megabytes = file.stat().st_size / 1e6
        again, bare_again = [], []
        for _ in range(ROUNDS):
            again.append(_restore(ground, file, sheets))
            bare_again.append(_bare_restore(ground, access, file, sheets))
    return [
        compared("backup", ours, bare, "s", "<= 1.2"),
        alone("backup-size", megabytes, "MB"),
        compared("backup-gap", gaps, quiet, "s", "<= 1 s, 0 errors"),
        compared("restore", again, bare_again, "s", "<= 1.5"),
    ]


class Lane(threading.Thread):
    """Sends tips one after the other; `gap` is the longest time between two receipts."""

    def __init__(self, door: Served, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.gap, self.failure = 0.0, ""
        self._door, self._over = door, over

    def run(self) -> None:
        """Until it is over; the first answer that is no receipt ends it. `gap` has no pauses."""
        client, last = load.Client(self._door.port), time.monotonic()
        number = 0
        try:
            while not self._over.is_set():
                number += 1
                fields = tip_post.fields(number, [])
                client.ask(load.post(self._door.port, "/report/", fields))
                self.gap = max(self.gap, time.monotonic() - last)
                self._over.wait(PAUSE)
                last = time.monotonic()
        except (OSError, load.Unexpected) as error:
            self.failure = str(error) or type(error).__name__


@contextmanager
def _sending(door: Served) -> Iterator[list[Lane]]:
    """Lanes at work. Raises Unexpected when one of them was refused anything."""
    over = threading.Event()
    lanes = [Lane(door, over) for _ in range(LANES)]
    for lane in lanes:
        lane.start()
    try:
        yield lanes
    finally:
        over.set()
        for lane in lanes:
            lane.join()
    if failures := [lane.failure for lane in lanes if lane.failure]:
        raise load.Unexpected(failures[0])


def _seconds(command: Sequence[str], **environment: str) -> float:
    began = time.monotonic()
    subprocess.run(command, env=os.environ | environment, cwd=ROOT, check=True, capture_output=True)
    return time.monotonic() - began


def _backup(ground: Stage, recipient: Path) -> float:
    """As its unit runs it: behind all that serves."""
    where = {"VAR": str(ground.folder), "DATABASE_URL": ground.database.owner_url}
    return _seconds([*NICE, *RUN, "backup"], BACKUP_RECIPIENT_FILE=str(recipient), **where)


def _bare_backup(access: PostgresAccess, recipient: Path, file: Path) -> float:
    file.unlink(missing_ok=True)
    pipe = f"{access.folder}/pg_dump | gzip -1 | age -R {recipient} -o {file}"
    return _seconds([*NICE, "bash", "-o", "pipefail", "-c", pipe], **access.login)


def _restore(ground: Stage, file: Path, sheets: list[str]) -> float:
    """Into an empty database of that server: tables, roles, rights, a new desk key and all."""
    url = stage.renamed(ground.database.owner_url, ground.database.name, "bench_backup_ours")
    answers = [*both(sheets[0], sheets[1]), ("Who has left since", "")]
    ground.at_once("DROP DATABASE IF EXISTS bench_backup_ours")
    ground.at_once("CREATE DATABASE bench_backup_ours")
    try:
        with tempfile.TemporaryDirectory(prefix="know-the-signs-bench-restore-") as var:
            command, told = [*RUN, "restore", str(file)], {"VAR": var, "DATABASE_URL": url}
            began = time.monotonic()
            code, screen = converse(command, os.environ | told, answers, 900)
            seconds = time.monotonic() - began
    finally:
        ground.at_once("DROP DATABASE bench_backup_ours")
    if code:
        raise RuntimeError(screen)
    return seconds


def _bare_restore(ground: Stage, access: PostgresAccess, file: Path, sheets: list[str]) -> float:
    """Into another one; no roles, no rights, no keys."""
    secret = recovery_sheets.join(sheets[0], sheets[1])
    key = ground.folder / "key"
    key.write_text(backup_keys.identity(secret))
    ground.at_once("DROP DATABASE IF EXISTS bench_backup_bare")
    ground.at_once("CREATE DATABASE bench_backup_bare")
    options = "--no-owner --no-privileges --exit-on-error --dbname=bench_backup_bare"
    pipe = f"age -d -i {key} {file} | {access.folder}/pg_restore {options}"
    try:
        return _seconds(["bash", "-o", "pipefail", "-c", pipe], **access.login)
    finally:
        ground.at_once("DROP DATABASE bench_backup_bare")
