"""./run restore FILE: a store again, from a sealed backup and two recovery sheets.

The file is opened to its end before anything is touched, and what was there stays until all is in
place. Whoever can write where backups lie may forge one: what it brings is opened behind walls, and
nothing but rows comes out; a desk's they are only if the sheets open them.
"""

import argparse
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from slu_antitrafficking.operations import (
    opened_backup,
    point_in_time,
    replaced_installation,
    sealed_files,
    server,
    store,
    units,
)
from slu_antitrafficking.operations.store import Store
from slu_antitrafficking.operations.typed_sheets import Sheets, ask_for_sheets
from slu_antitrafficking.start import processes
from slu_antitrafficking.start.console import Problem, say, step
from slu_antitrafficking.start.options import Options, named_path


def run(options: Options, arguments: Sequence[str]) -> None:
    """Restores, and says what is left to do. Raises Problem where nothing was changed."""
    asked = _parser().parse_args(arguments)
    if bool(asked.until) != bool(asked.log):
        raise Problem("--until and --log go together: a moment, and PostgreSQL's log up to then.")
    processes.stop_on_signals()
    os.umask(0o077)
    path = asked.file
    sealed_files.check_header(path)
    with ExitStack() as cleanup:
        into = _store(options, cleanup)
        if not into.is_empty() and not asked.replace:
            raise Problem(
                "This store is not empty, and nothing was changed. --replace throws away what is"
                " in it."
            )
        sheets = ask_for_sheets()
        with step("The file, opened to its end"):
            kind = sealed_files.kind_of(path, sheets.identity)
        if kind != ("base" if asked.until else "dump"):
            raise Problem(
                f"{path} is a {kind}: a base backup goes with --until and --log, a dump without."
            )
        if units.root_on_a_server():
            cleanup.enter_context(units.all_stopped())
        with into.replaced():
            with _rows(asked, path, sheets.identity) as rows, step("The database"):
                into.manage("load_rows", source=rows)
            into.manage("prepare")
            settle(into, sheets)
        replaced_installation.give_way(_installed(options), sheets)
    say("Restored. Start the site; the desk's start page is red until a supervisor has logged in.")


def _store(options: Options, cleanup: ExitStack) -> Store:
    """Locked against a start of the site; on a server its doors serve on for now."""
    return store.of_the_server() if units.root_on_a_server() else store.choose(options, cleanup)


def _installed(options: Options) -> Options:
    """Where a server's own units find what root's environment does not name."""
    if not units.root_on_a_server():
        return options
    return replace(
        options,
        var=server.VAR,
        backup_recipient_file=str(server.RECIPIENT),
        backup_folder=str(server.SPOOL),
    )


def settle(into: Store, sheets: Sheets) -> None:
    """Who left is out, a new desk key, no session; the sheets go through a pipe."""
    read, write = os.pipe()
    os.write(write, f"{sheets.first}\n{sheets.second}\n".encode())
    os.close(write)
    try:
        into.manage("settle_restored", f"--sheets={read}", keep=read)
    finally:
        os.close(read)


def _rows(
    asked: argparse.Namespace, path: Path, identity: str
) -> AbstractContextManager[IO[bytes]]:
    """What is in the file, or what it was at the moment that was asked for."""
    if asked.until:
        return point_in_time.rows(path, asked.log, asked.until, identity)
    return opened_backup.rows_of_dump(path, identity)


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run restore")
    parser.add_argument("file", type=named_path, help="a sealed backup")
    parser.add_argument("--replace", action="store_true", help="throws away what is in this store")
    parser.add_argument("--until", type=_moment, help="2026-11-29T16:40, in UTC if no zone is said")
    parser.add_argument(
        "--log", type=named_path, help="the folder with the sealed log, for --until"
    )
    return parser
