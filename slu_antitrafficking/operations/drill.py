"""./run drill: a backup that is restored while it is sealed, and compared row by row.

What it cannot try is the seal, which only two recovery sheets open: that is ./run restore-drill.
"""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any
from uuid import UUID, uuid4

from slu_antitrafficking.operations import backup, scratch, sealed_files
from slu_antitrafficking.operations.postgres_access import PostgresAccess, access_by
from slu_antitrafficking.start import processes
from slu_antitrafficking.start.console import Problem, say, sentence_in, step
from slu_antitrafficking.start.options import Options
from tips.crypto import associated_data, receipts, sealing

STATE = "drill.json"
# Room for indexes; and nothing compiled while it runs, which the walls of kts-drill forbid.
WHILE_LOADING = {"PGOPTIONS": "-c maintenance_work_mem=256MB -c jit=off"}
RESTORE = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
LEFT_OUT = "tips_desksession"
CANARY = "A canary of the drill."
# So that two servers write a row the same way.
SAME = "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET bytea_output = 'hex'; SET jit = off;"
TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
# Whatever their order: how many rows, and a sum over a hash of each.
DIGEST = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM public.{} t"

Digests = dict[str, tuple[int, int]]


def run(options: Options, _arguments: Sequence[str]) -> None:
    """Raises Problem where the copy differs from what was copied, or its canary does not open."""
    processes.stop_on_signals()
    os.umask(0o077)
    with ExitStack() as cleanup:
        access, recipient = backup.reach(options, cleanup)
        folder = backup.make_folder(options)
        copy = cleanup.enter_context(scratch.database())
        into = access_by(copy.owner_url, copy.cluster.programs.folder)
        with _canary(access) as code, _snapshot(access) as (snapshot, cursor):
            path = folder / "dumps" / sealed_files.new_name("dump")
            # Under its own name it would be pushed away before it was compared.
            unseen = path.with_name(f".{path.name}.unseen{sealed_files.HALF}")
            cleanup.callback(unseen.unlink, missing_ok=True)
            command = access.command("pg_dump", *backup.DUMP, f"--snapshot={snapshot}")
            with step("The database, dumped, sealed and restored"), _restoring(into) as tee:
                pipeline = [command, ["tee", f"/dev/fd/{tee}"]]
                size = sealed_files.seal(pipeline, access.environment, recipient, unseen, (tee,))
            with step("Every table, compared"):
                _compare(_digests(cursor), into)
        _open_canary(into, code)
        unseen.rename(path)
        sealed_files.sync_folder(path.parent)
        path, size = backup.keep(folder, "dump", path, size)
    backup.note(folder / STATE, at=sealed_files.this_hour().isoformat())
    say(f"{path}: {size:,} bytes, and a copy of it is the same.")


@contextmanager
def _canary(access: PostgresAccess) -> Iterator[str]:
    """A row sealed for this drill, and the code that finds and opens it: stored nowhere."""
    code, row = receipts.new_code(), uuid4()
    pair = receipts.citizen_pair(code)
    sealed = sealing.seal_json({"text": CANARY}, [pair.public], associated_data.of_canary(row))
    with closing(access.connect()) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(
            "INSERT INTO public.tips_drillcanary (id, lookup_id, sealed) VALUES (%s, %s, %s)",
            (str(row), receipts.lookup_id(code), sealed),
        )
        try:
            yield code
        finally:
            cursor.execute("DELETE FROM public.tips_drillcanary WHERE id = %s", (str(row),))


@contextmanager
def _snapshot(access: PostgresAccess) -> Iterator[tuple[str, Any]]:
    """The name of a snapshot for pg_dump, and a cursor that sees the same."""
    with closing(access.connect()) as connection, connection.cursor() as cursor:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        cursor.execute("SELECT pg_export_snapshot()")
        (name,) = cursor.fetchone()
        yield name, cursor


@contextmanager
def _restoring(into: PostgresAccess) -> Iterator[int]:
    """The descriptor of a pipe into pg_restore. Raises Problem when that failed."""
    read, write = os.pipe()
    process = subprocess.Popen(
        into.command("pg_restore", *RESTORE, f"--dbname={into.database}"),
        env=into.environment | WHILE_LOADING,
        stdin=read,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(read)
    try:
        yield write
    finally:
        os.close(write)
        _, said = process.communicate()
    if process.returncode:
        raise Problem(f"pg_restore failed: {sentence_in(said)}")


def _digests(cursor: Any) -> Digests:
    cursor.execute(SAME)
    cursor.execute(TABLES)
    found: Digests = {}
    for (table,) in cursor.fetchall():
        if table != LEFT_OUT:
            cursor.execute(DIGEST.format(table))
            count, digest = cursor.fetchone()
            found[table] = (int(count), int(digest))
    return found


def _compare(live: Digests, into: PostgresAccess) -> None:
    with closing(into.connect()) as connection, connection.cursor() as cursor:
        copied = _digests(cursor)
    differing = sorted(name for name in {*live, *copied} if live.get(name) != copied.get(name))
    if differing:
        raise Problem(
            f"The copy differs in {', '.join(differing)}: the backup was not kept as good."
        )


def _open_canary(into: PostgresAccess, code: str) -> None:
    """Finds and opens it as a citizen's code does. Raises Problem where it does not open."""
    with closing(into.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT id::text, sealed FROM public.tips_drillcanary WHERE lookup_id = %s",
            (receipts.lookup_id(code),),
        )
        row = cursor.fetchone()
    pair = receipts.citizen_pair(code)
    ring = sealing.Keyring({sealing.key_id(pair.public): pair.secret})
    try:
        if row is None or ring.open_json(row[1], associated_data.of_canary(UUID(row[0]))) != {
            "text": CANARY
        }:
            raise Problem("The canary is not in the copy.")
    except sealing.CannotOpen:
        raise Problem("The canary does not open in the copy.") from None
