"""./run backup: one sealed dump of the database, written while the site serves.

Also a base backup once a week where PostgreSQL archives its log: what is between two dumps comes
back with it (`./run restore --until`).
"""

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from slu_antitrafficking.operations import sealed_files
from slu_antitrafficking.operations.postgres_access import PostgresAccess, access_by, access_to
from slu_antitrafficking.start import manage, processes
from slu_antitrafficking.start.console import Problem, say, step
from slu_antitrafficking.start.options import MANAGE, Options
from slu_antitrafficking.start.postgres.database import Embedded
from slu_antitrafficking.start.state import State

# A session's cookie opens its row; nobody is to be logged in after a restore.
WITHOUT = "--exclude-table-data=public.tips_desksession"
DUMP = ("--format=custom", "--compress=1", "--no-owner", "--lock-wait-timeout=60s", WITHOUT)
BASE = ("--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast")
BASE_EVERY = timedelta(days=6, hours=12)
STATE = "backup.json"
AT_MOST = 24 * 3600  # seconds that one takes
KEPT = 7  # files of a kind that nobody has pushed away


def run(options: Options, _arguments: Sequence[str]) -> None:
    """Makes one, and says how large it is. Raises Problem where any part of it failed."""
    processes.stop_on_signals()
    os.umask(0o077)
    with ExitStack() as cleanup:
        access, recipient = reach(options, cleanup)
        folder = make_folder(options)
        path, size = dump(access, recipient, folder)
        say(f"{path}: {size:,} bytes.")
        if access.ask("SHOW archive_mode") == "on" and _base_is_due(folder):
            path, size = base(access, recipient, folder)
            say(f"{path}: {size:,} bytes.")
    ping()


def reach(options: Options, cleanup: ExitStack) -> tuple[PostgresAccess, str]:
    """How to log in to the site's database, started where it is ours and does not run; and to whom
    its backups are sealed. Raises Problem where that is not known."""
    if options.database_url:
        access, owner_url = access_to(options.database_url), options.database_url
    else:
        state = State(options.var)
        database = manage.running_database(options, state, cleanup, "backup")
        assert isinstance(database, Embedded)
        owner_url = database.owner_url
        access = access_by(owner_url, database.cluster.programs.folder)
    if options.backup_recipient_file:
        return access, _written_recipient(Path(options.backup_recipient_file))
    result = subprocess.run(
        [*MANAGE, "backup_recipient"],
        env=options.environment(SERVE="both", OWNER_DATABASE_URL=owner_url),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise Problem(result.stderr.strip() or "The database has no desk key yet.")
    return access, result.stdout.strip()


def make_folder(options: Options) -> Path:
    """Where backups and what is known of them lie, without what a killed one left there."""
    folder = Path(options.backup_folder or options.var / "backups")
    (folder / "dumps").mkdir(parents=True, exist_ok=True)
    for half in (folder / "dumps").glob(f".*{sealed_files.HALF}"):
        if time.time() - half.stat().st_mtime > AT_MOST:
            half.unlink()
    return folder


def dump(access: PostgresAccess, recipient: str, folder: Path) -> tuple[Path, int]:
    """The sealed file and its size.

    Raises Problem when anything on the way failed, or `keep` finds it too small.
    """
    path = folder / "dumps" / sealed_files.new_name("dump")
    command = access.command("pg_dump", *DUMP)
    with step("The database, dumped and sealed"):
        size = sealed_files.seal([command], access.environment, recipient, path)
    return keep(folder, "dump", path, size)


def base(access: PostgresAccess, recipient: str, folder: Path) -> tuple[Path, int]:
    """The whole server's data folder, to which its log can be added."""
    path = folder / "dumps" / sealed_files.new_name("base")
    commands = [access.command("pg_basebackup", *BASE), ["gzip", "-1"]]
    with step("The data folder, copied and sealed"):
        # Only a role that may replicate copies the folder, and the owner may not.
        user = os.environ.get("BASE_BACKUP_USER") or access.login["PGUSER"]
        size = sealed_files.seal(commands, access.environment | {"PGUSER": user}, recipient, path)
    return keep(folder, "base", path, size)


def keep(folder: Path, kind: str, path: Path, size: int) -> tuple[Path, int]:
    """Notes a sealed file as good, and lets the oldest of its kind go that was never pushed.

    Raises Problem when it is less than half of the last: nothing here grows smaller by itself.
    """
    known = noted(folder / STATE)
    before = known.get(kind, {}).get("bytes", 0)
    if size < before / 2:
        raise Problem(f"{path} has {size:,} bytes, the last one {before:,}: look why. It was kept.")
    note(folder / STATE, **{kind: {"at": sealed_files.this_hour().isoformat(), "bytes": size}})
    for old in sorted(path.parent.glob(f"*.{kind}.age"))[:-KEPT]:
        old.unlink()
    return path, size


def noted(file: Path) -> dict[str, Any]:
    """What is noted there: of each kind the hour and the size of the last; no secret."""
    try:
        return dict(json.loads(file.read_text()))
    except FileNotFoundError:
        return {}


def note(file: Path, **what: Any) -> None:
    """Adds to it, whole or not at all; anybody may read it."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(json.dumps(noted(file) | what))
    new.chmod(0o644)
    new.replace(file)


def ping() -> None:
    """Tells a watcher outside, where PING_URL names one, that a backup is good. It says nothing."""
    if url := os.environ.get("PING_URL", "").strip():
        try:
            with urllib.request.urlopen(url, timeout=10):
                pass
        except (OSError, ValueError):
            say("The watcher at PING_URL does not answer; the backup is good.")


def _written_recipient(file: Path) -> str:
    try:
        written = file.read_text().strip()
    except FileNotFoundError:
        written = ""
    if not written.startswith("age1"):
        raise Problem(f"{file} names nobody to seal to: ./run manage backup_recipient > {file}")
    return written


def _base_is_due(folder: Path) -> bool:
    last = noted(folder / STATE).get("base", {}).get("at")
    return not last or sealed_files.this_hour() - datetime.fromisoformat(last) > BASE_EVERY
