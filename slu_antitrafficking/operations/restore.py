"""./run restore FILE: a store again, from a sealed backup and two recovery sheets.

The file is opened to its end before anything is touched, and what was there stays until all is in
place. Whoever can write where backups lie may forge one: a dump is run as the owner and never as a
superuser, a base backup as a whole server of its own. What it brings is a desk's only if the sheets
open it.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from slu_antitrafficking.operations import point_in_time, sealed_files, server, units
from slu_antitrafficking.operations.leavers import ask_who_left
from slu_antitrafficking.operations.postgres_access import PostgresAccess, access_by, access_to
from slu_antitrafficking.operations.typed_sheets import Sheets, ask_for_sheets
from slu_antitrafficking.start import processes
from slu_antitrafficking.start.console import Problem, say, sentence_in, step
from slu_antitrafficking.start.options import MANAGE, ROOT, Options, clean_environment
from slu_antitrafficking.start.postgres import database
from slu_antitrafficking.start.state import Lock, State

TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
BEFORE = "before_restore"
CUT_SHORT = f"SELECT count(*) FROM pg_namespace WHERE nspname = '{BEFORE}'"
ASIDE = f"ALTER SCHEMA public RENAME TO {BEFORE}; CREATE SCHEMA public;"
BACK = f"DROP SCHEMA public CASCADE; ALTER SCHEMA {BEFORE} RENAME TO public;"
FORGET = f"DROP SCHEMA {BEFORE} CASCADE;"
# Room for indexes; and nothing compiled while it runs, which the walls of kts-drill forbid.
WHILE_LOADING = {"PGOPTIONS": "-c maintenance_work_mem=256MB -c jit=off"}
RESTORE = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")


def run(options: Options, arguments: Sequence[str]) -> None:
    """Restores, and says what is left to do. Raises Problem where nothing was changed."""
    asked = _parser().parse_args(arguments)
    if bool(asked.until) != bool(asked.log):
        raise Problem("--until and --log go together: a moment, and PostgreSQL's log up to then.")
    processes.stop_on_signals()
    os.umask(0o077)
    if units.root_on_a_server():
        _on_the_server(arguments)
        return
    path = Path(asked.file)
    sealed_files.check_header(path)
    sheets = ask_for_sheets()
    with ExitStack() as cleanup:
        with step("The file, opened to its end"):
            kind = sealed_files.kind_of(path, sheets.identity)
        if kind != ("base" if asked.until else "dump"):
            raise Problem(
                f"{path} is a {kind}: a base backup goes with --until and --log, a dump without."
            )
        store = Store(options, cleanup)
        if store.access.ask(TABLES) and not asked.replace:
            raise Problem(
                "This store is not empty, and nothing was changed. --replace throws away what is"
                " in it."
            )
        with store.replaced():
            with _dump(asked, path, sheets.identity) as clear, step("The database"):
                load(store.access, clear)
            left = ask_who_left(store.access)
            store.manage("prepare")
            store.settle(sheets, left)
    say("Restored. Start the site; the desk's start page is red until a supervisor has logged in.")


def _on_the_server(arguments: Sequence[str]) -> None:
    """As the owner's user, who has to be able to read the file; no part of the site is at work.

    Raises Problem when nothing was restored.
    """
    settings = server.settings("common", "owner")
    stopped = units.stop_all()
    try:
        child = subprocess.run(
            [sys.executable, "-m", "slu_antitrafficking.start", "restore", *arguments],
            env=clean_environment()
            | settings
            | {"DATABASE_URL": settings["OWNER_DATABASE_URL"], "HOME": "/"},
            cwd=ROOT,
            umask=0o077,
            user=server.OWNER_USER,
            group=server.OWNER_USER,
            extra_groups=[],
            check=False,
        )
    finally:
        units.start_again(stopped)
    if child.returncode:
        raise Problem("Nothing was restored; the site serves what it served before.")


class Store:
    """The database that is restored into: nobody else is at work on it."""

    def __init__(self, options: Options, cleanup: ExitStack) -> None:
        self._options = options
        if options.database_url:
            self.owner_url = options.database_url
            self.access: PostgresAccess = access_to(self.owner_url)
        else:
            state = State(options.var)
            lock = Lock(state.var).take_or_refuse("restore")
            cleanup.callback(lock.release)
            ours = database.choose(options, state)
            assert isinstance(ours, database.Embedded)
            cleanup.callback(ours.stop)
            ours.start()
            self.owner_url = ours.owner_url
            self.access = access_by(self.owner_url, ours.cluster.programs.folder)
        if self.access.ask(CUT_SHORT):
            self.access.ask(BACK)

    @contextmanager
    def replaced(self) -> Iterator[None]:
        """What is there is put aside; it comes back unless all goes well inside."""
        self.access.ask(ASIDE)
        try:
            yield
        except BaseException:
            self.access.ask(BACK)
            raise
        self.access.ask(FORGET)

    def settle(self, sheets: Sheets, left: Sequence[str]) -> None:
        """Who left is out, a new desk key, no session; the sheets go through a pipe."""
        read, write = os.pipe()
        os.write(write, f"{sheets.first}\n{sheets.second}\n".encode())
        os.close(write)
        try:
            self.manage("settle_restored", f"--sheets={read}", *left, keep=(read,))
        finally:
            os.close(read)

    def manage(self, *arguments: str, keep: Sequence[int] = ()) -> None:
        """A command of manage.py as the owner, at this terminal. Raises Problem when it fails."""
        environment = self._options.environment(SERVE="both", OWNER_DATABASE_URL=self.owner_url)
        child = subprocess.run([*MANAGE, *arguments], env=environment, pass_fds=keep, check=False)
        if child.returncode:
            raise Problem("Nothing was restored; what was here before is here again.")


def load(access: PostgresAccess, clear: IO[bytes]) -> None:
    """Runs a dump, whole or not at all. Raises Problem with the reason."""
    result = subprocess.run(
        access.command("pg_restore", *RESTORE, f"--dbname={access.database}"),
        env=access.environment | WHILE_LOADING,
        stdin=clear,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise Problem(f"pg_restore failed: {sentence_in(result.stderr)}")


@contextmanager
def _dump(asked: argparse.Namespace, path: Path, identity: str) -> Iterator[IO[bytes]]:
    """What is in the file, or what it was at the moment that was asked for."""
    if asked.until:
        with point_in_time.dumped(path, asked.log, asked.until, identity) as clear:
            yield clear
    else:
        with sealed_files.opened(path, identity) as clear:
            yield clear


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run restore")
    parser.add_argument("file", help="a sealed backup")
    parser.add_argument("--replace", action="store_true", help="throws away what is in this store")
    parser.add_argument("--until", type=_moment, help="2026-11-29T16:40, in UTC if no zone is said")
    parser.add_argument("--log", type=Path, help="the folder with the sealed log, for --until")
    return parser
