"""The database as it was at a moment: a base backup, and PostgreSQL's log up to then.

Both are put together behind walls, by the programs of the lost server's version.
"""

import io
import re
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from slu_antitrafficking.operations import opened_backup, scratch, sealed_files
from slu_antitrafficking.operations.opened_backup import CONFIGURE, SETTINGS, Server
from slu_antitrafficking.operations.walls import Walls
from slu_antitrafficking.start.console import Problem, step
from slu_antitrafficking.start.processes import Log

SEALED_LOG = re.compile(
    r"(?P<made>(?P<segment>[0-9A-F]{24}|[0-9A-F]{8}\.history)-[0-9a-f]{16})"
    r"(\.again-[0-9a-f]{4})?\.wal\.age"
)
FIRST_FILE = re.compile(r"[0-9A-F]{24}")
MOST_NAMED = 9  # files that do not open
NOT_REACHED = "recovery ended before configured recovery target was reached"
UNPACK = "mkdir -m 700 /scratch/data /scratch/log; tar -xz --no-same-owner -C /scratch/data"
LABEL = r"sed -n 's/^START WAL LOCATION: .* (file \(.*\))$/\1/p' /scratch/data/backup_label"
# A restored server may push to where the lost one did, and begins to count anew: a segment says in
# its first page which server wrote it (XLogLongPageHeaderData), and so does the data folder.
TAKE = """
set -eu
cd /scratch/log
name=${TAR_FILENAME%%-*}
cat > new
writer=$(gzip -dc < new | od -An -tu8 -j24 -N8) || true
if [ "${#name}" = 24 ] && [ "$writer" != "$(od -An -tu8 -N8 /scratch/data/global/pg_control)" ]
then echo >> /scratch/others
elif [ ! -e "$name" ]
then mv new "$name"
fi
"""
CLEAR = """
cd /scratch/data
[ -z "$(ls pg_tblspc)" ]
rm -rf pg_replslot
mkdir -m 700 pg_replslot
"""
# Whatever the lost server's own files asked for.
RECOVERY = {
    "restore_command": 'gzip -dc < "/scratch/log/%f" > "%p"',
    "recovery_target_action": "promote",
    "recovery_end_command": "",
    "archive_cleanup_command": "",
    "primary_conninfo": "",
    "hot_standby": "off",
    "archive_mode": "off",
}


@contextmanager
def rows(base: Path, log: Path, until: datetime, identity: str) -> Iterator[IO[bytes]]:
    """Every row that there was at that moment.

    Raises Problem where the log does not reach from the base to there, or a file does not open.
    """
    with scratch.store() as state:
        walls = Walls(state)
        walls.make()
        said = Log(state.log / "postgresql.log")
        with step("The base backup"), sealed_files.opened(base, identity) as clear:
            _must(walls, f"{base} cannot be unpacked.", UNPACK, clear)
        _must(walls, f"{base} has a table space outside of its folder.", CLEAR)
        version = _must(walls, f"{base} is no data folder.", "cat /scratch/data/PG_VERSION")
        if not re.fullmatch("[0-9]{1,3}", version):
            raise Problem(f"{base} does not say which PostgreSQL made it.")
        server = Server(walls, opened_backup.folder_of(int(version)), said)
        with step("PostgreSQL's log"):
            left_out = _open_log(walls, log, identity)
        server.must(["sh", "-euc", f"{CONFIGURE}\ntouch data/recovery.signal"])
        settings = SETTINGS | RECOVERY | {"recovery_target_time": until.isoformat()}
        with _reached(server, settings, until, left_out), server.rows() as found:
            yield found


@contextmanager
def _reached(
    server: Server, settings: dict[str, str], until: datetime, left_out: str
) -> Iterator[None]:
    """While it runs, from that moment on."""
    with ExitStack() as stack:
        try:
            with step(f"Up to {until:%Y-%m-%d %H:%M:%S}"):
                stack.enter_context(server.running(settings))
        except Problem:
            if NOT_REACHED in server.log.tail():
                raise Problem(f"PostgreSQL's log ends before that moment.{left_out}") from None
            raise
        yield


def _open_log(walls: Walls, log: Path, identity: str) -> str:
    """The segments from the base's first on that its server wrote, and which files were left out.

    Of one that was pushed twice it takes whichever is whole.
    """
    first = _must(walls, "The base backup does not say where PostgreSQL's log begins.", LABEL)
    if not FIRST_FILE.fullmatch(first):
        raise Problem("The base backup does not say where PostgreSQL's log begins.")
    given: set[str] = set()
    refused: dict[str, str] = {}
    unpacking = walls.start(["tar", "-x", "--to-command", TAKE], subprocess.PIPE)
    assert unpacking.stdin
    with unpacking.stdin as out, tarfile.open(fileobj=out, mode="w|") as tar:
        for file in sorted(log.iterdir()):
            name = SEALED_LOG.fullmatch(file.name)
            if not name or name["segment"] < first or name["made"] in given:
                continue
            try:
                with sealed_files.opened(file, identity) as clear:
                    segment = clear.read()
            except Problem as problem:
                refused[name["made"]] = str(problem)
                continue
            member = tarfile.TarInfo(name["made"])
            member.size = len(segment)
            tar.addfile(member, io.BytesIO(segment))
            given.add(name["made"])
    if unpacking.wait():
        raise Problem(f"{log} cannot be unpacked.")
    others = _must(
        walls, f"{log} cannot be read.", "touch /scratch/others; wc -l < /scratch/others"
    )
    left_out = [said for name, said in refused.items() if name not in given]
    if len(left_out) > MOST_NAMED:
        left_out[MOST_NAMED:] = [f"{len(left_out) - MOST_NAMED} more that do not open."]
    left_out += [f"{others} files of another server's log."] if others != "0" else []
    said = "".join(f"\nLeft out: {line}" for line in left_out)
    _must(
        walls,
        f"{log} lacks {first}, with which the base backup begins.{said}",
        f"[ -e /scratch/log/{first} ]",
    )
    return said


def _must(walls: Walls, otherwise: str, script: str, source: IO[bytes] | None = None) -> str:
    """What the lines print. Raises Problem with this sentence where they fail."""
    result = walls.run(["sh", "-euc", script], source or subprocess.DEVNULL)
    if result.returncode:
        raise Problem(otherwise)
    return result.stdout.decode(errors="replace").strip()
