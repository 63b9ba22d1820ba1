"""The database as it was at a moment: a base backup, and PostgreSQL's log up to then.

Both are opened into a scratch cluster, whose dump is then restored like any other: so it does not
matter which version, roles or folders the lost server had.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from slu_antitrafficking.operations import scratch, sealed_files
from slu_antitrafficking.operations.backup import DUMP
from slu_antitrafficking.operations.postgres_access import access_by
from slu_antitrafficking.start.console import Problem, sentence_in, step
from slu_antitrafficking.start.postgres import data_folder, programs
from slu_antitrafficking.start.postgres.cluster import DATABASE, SUPERUSER, Cluster
from slu_antitrafficking.start.postgres.data_folder import DataFolder
from slu_antitrafficking.start.processes import Log

SEALED_LOG = re.compile(
    r"([0-9A-F]{24}|[0-9A-F]{8}\.history)-[0-9a-f]{16}(\.again-[0-9a-f]{4})?\.wal\.age"
)
FIRST_FILE = re.compile(r"START WAL LOCATION: .* \(file ([0-9A-F]{24})\)")
NOT_REACHED = "recovery ended before configured recovery target was reached"


@contextmanager
def dumped(base: Path, log: Path, until: datetime, identity: str) -> Iterator[IO[bytes]]:
    """A dump of what there was at that moment.

    Raises Problem where the log does not reach from the base to there, or a file does not open.
    """
    with scratch.store() as state:
        folder = data_folder.locate(state)
        with step("The base backup"):
            _unpack(base, folder, identity)
        with step("PostgreSQL's log"):
            _open_log(log, folder, identity)
        _configure(folder, until)
        said = Log(state.log / "postgresql.log")
        cluster = Cluster(folder, programs.find(folder), "", said, durable=False)
        with step(f"Up to {until:%Y-%m-%d %H:%M:%S}"):
            _start(cluster)
        try:
            access = access_by(cluster.url(SUPERUSER, "", DATABASE), cluster.programs.folder)
            with subprocess.Popen(
                access.command("pg_dump", *DUMP), env=access.environment, stdout=subprocess.PIPE
            ) as dump:
                assert dump.stdout
                yield dump.stdout
            if dump.returncode:
                raise Problem(f"pg_dump failed with {dump.returncode}.")
        finally:
            cluster.stop()


def _unpack(base: Path, folder: DataFolder, identity: str) -> None:
    """As the user whose the server will be."""
    folder.make(folder.data)
    with sealed_files.opened(base, identity) as clear:
        result = subprocess.run(
            ["tar", "--extract", "--gzip", "--no-same-owner", "--directory", folder.data],
            stdin=clear,
            capture_output=True,
            text=True,
            check=False,
            **folder.identity,
        )
        if result.returncode:
            raise Problem(f"{base} cannot be unpacked: {sentence_in(result.stderr)}")
    for link in (folder.data / "pg_tblspc").iterdir():
        raise Problem(f"{base} has a table space outside of its folder: {link.name}.")


def _open_log(log: Path, folder: DataFolder, identity: str) -> None:
    """The segments from the base's first on; of one that was pushed twice, whichever is whole."""
    label = FIRST_FILE.search((folder.data / "backup_label").read_text())
    if label is None:
        raise Problem("The base backup does not say where PostgreSQL's log begins.")
    into = folder.make(folder.home / "log")
    for file in sorted(log.iterdir()):
        name = SEALED_LOG.fullmatch(file.name)
        if not name or name[1] < label[1] or (into / name[1]).exists():
            continue
        clear = into / name[1]
        try:
            with sealed_files.opened(file, identity) as sealed, clear.open("wb") as out:
                subprocess.run(["gzip", "-d"], stdin=sealed, stdout=out, check=True)
        except (Problem, subprocess.CalledProcessError):
            clear.unlink()
            continue
        folder.own(clear)
    if not (into / label[1]).exists():
        raise Problem(f"{log} lacks {label[1]}, with which the base backup begins.")


def _configure(folder: DataFolder, until: datetime) -> None:
    """What of the lost server's settings matters stands in its own files, which stayed behind."""
    lines = [
        f'restore_command = \'cp "{folder.home}/log/%f" "%p"\'',
        f"recovery_target_time = '{until.isoformat()}'",
        "recovery_target_action = 'promote'",
        "hot_standby = off",
        "archive_mode = off",
        "shared_preload_libraries = ''",
    ]
    for name, text in (
        ("postgresql.conf", "\n".join([*lines, ""])),
        ("postgresql.auto.conf", ""),
        ("pg_hba.conf", "local all all trust\n"),  # the socket's folder is closed
        ("pg_ident.conf", ""),
        ("recovery.signal", ""),
    ):
        path = folder.data / name
        path.unlink(missing_ok=True)
        path.write_text(text)
        folder.own(path)
    shutil.rmtree(folder.data / "pg_replslot", ignore_errors=True)
    folder.make(folder.data / "pg_replslot")


def _start(cluster: Cluster) -> None:
    """Returns once the moment was reached."""
    try:
        cluster.start()
    except Problem as problem:
        if NOT_REACHED in cluster.log.tail():
            raise Problem("PostgreSQL's log ends before that moment.") from None
        raise problem
