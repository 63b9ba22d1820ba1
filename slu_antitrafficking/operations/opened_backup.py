"""What a sealed backup holds, opened behind walls; its rows come out, and nothing else.

A dump and a base backup bring code: functions, triggers, types, a whole server's settings. Of a
dump none is run at all, and a base backup's never where the site's database is. `load_rows` takes
what comes out.
"""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from slu_antitrafficking.operations import scratch, sealed_files
from slu_antitrafficking.operations.walls import Walls
from slu_antitrafficking.start import processes
from slu_antitrafficking.start.console import Problem, sentence_in
from slu_antitrafficking.start.postgres import programs
from slu_antitrafficking.start.postgres.cluster import DATABASE, SUPERUSER
from slu_antitrafficking.start.postgres.data_folder import DataFolder
from slu_antitrafficking.start.processes import Log

MIGRATIONS = "django_migrations"  # its rows say which version made a backup
PIPE = 60_000  # bytes that Linux keeps of what nobody reads yet
# Files of ours in the place of those that came along, and no library but PostgreSQL's own.
SETTINGS = {
    "config_file": "/scratch/postgresql.conf",
    "hba_file": "/scratch/pg_hba.conf",
    "ident_file": "/scratch/pg_ident.conf",
    "unix_socket_directories": "/scratch",
    "listen_addresses": "",
    "shared_preload_libraries": "",
    "session_preload_libraries": "",
    "local_preload_libraries": "",
    "jit": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}
CONFIGURE = """
cd /scratch
: > postgresql.conf
: > pg_ident.conf
echo 'local all all trust' > pg_hba.conf
rm -rf data/postgresql.auto.conf data/*.signal
"""
# Rows alone, as a script that nobody runs.
SCRIPT = ("--data-only", "--file=-")
# The same lines of each table, by a server.
ROWS = r"""
SET search_path = pg_catalog;
SET client_encoding = 'UTF8'; SET datestyle = 'ISO'; SET timezone = 'UTC'; SET bytea_output = 'hex';
SELECT
  format('SELECT %L', format('COPY public.%I (%s) FROM stdin;', c.relname,
    string_agg(format('%I', a.attname), ', ' ORDER BY attnum))),
  format('COPY (SELECT %s FROM public.%I) TO STDOUT',
    string_agg(format('%I', a.attname), ', ' ORDER BY attnum), c.relname),
  'SELECT ''\.'''
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY c.relname ORDER BY c.relname <> 'django_migrations', c.relname
\gexec
SELECT 'end';
"""


@dataclass(frozen=True)
class Server:
    """PostgreSQL behind walls, with a database in it."""

    walls: Walls
    folder: Path  # of its programs
    log: Log

    def psql(self, *statements: str, user: str = SUPERUSER, database: str = "postgres") -> None:
        """Each by itself. Raises Problem with the server's reason."""
        asked = [part for statement in statements for part in ("-c", statement)]
        self.must([*self._psql(user, database), *asked])

    def must(
        self, command: Sequence[str | Path], source: IO[bytes] | int = subprocess.DEVNULL
    ) -> str:
        """What it printed. Raises Problem with its reason when it failed."""
        result = self.walls.run(command, source)
        if result.returncode:
            name = Path(command[0]).name
            raise Problem(f"{name} failed: {sentence_in(result.stderr.decode(errors='replace'))}")
        return result.stdout.decode(errors="replace").strip()

    @contextmanager
    def running(self, settings: Mapping[str, str]) -> Iterator[None]:
        """Answers from here on; what it wrote nobody will miss. Raises Problem when it ends."""
        command: list[str | Path] = [self.folder / "postgres", "-D", "/scratch/data"]
        command += [part for name in settings for part in ("-c", f"{name}={settings[name]}")]
        output = self.log.open()
        process = self.walls.start(command, subprocess.DEVNULL, output, output)
        try:
            self._wait(process)
            yield
        finally:
            self.walls.end(process)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        ask = 'until "$0" "$@" >/dev/null 2>&1; do sleep 0.1; done'
        command = [*self._psql(SUPERUSER, "postgres"), "-c", "SELECT 1"]
        asking = self.walls.start(["sh", "-c", ask, *command])
        try:
            while asking.poll() is None:
                if process.poll() is not None:
                    raise Problem(f"PostgreSQL ended: {processes.reason(process, self.log)}")
                time.sleep(0.05)
        finally:
            self.walls.end(asking)

    @contextmanager
    def rows(self) -> Iterator[IO[bytes]]:
        """Of every table; whole if the last line is `end`."""
        command = [*self._psql(SUPERUSER, DATABASE), "-f", "-"]
        process = self.walls.start(command, subprocess.PIPE, subprocess.PIPE)
        assert process.stdin
        assert process.stdout
        process.stdin.write(ROWS.encode())
        process.stdin.close()
        try:
            yield process.stdout
        finally:
            self.walls.end(process)

    def _psql(self, user: str, database: str) -> list[str]:
        options = ["-XqAt", "-v", "ON_ERROR_STOP=1", "-h", "/scratch", "-U", user, "-d", database]
        return [str(self.folder / "psql"), *options]


@contextmanager
def rows_of_dump(path: Path, identity: str) -> Iterator[IO[bytes]]:
    """Every row of a sealed dump, those that say which version made it once more before all others.

    Raises Problem where the file does not open to its end, or pg_restore does not take it.
    """
    with scratch.store() as state, ExitStack() as ending:
        walls = Walls(state)
        walls.make()
        command = [str(folder_of(0) / "pg_restore"), *SCRIPT]
        with sealed_files.opened(path, identity) as clear:
            made_by = walls.run([*command, f"--table={MIGRATIONS}"], clear)
        if made_by.returncode:
            said = sentence_in(made_by.stderr.decode(errors="replace"))
            raise Problem(f"pg_restore failed: {said}")
        if len(made_by.stdout) > PIPE:
            raise Problem(f"{path} is no backup of this site.")
        read, write = os.pipe()
        rows = ending.enter_context(os.fdopen(read, "rb"))
        os.write(write, made_by.stdout)
        clear = ending.enter_context(sealed_files.opened(path, identity))
        all_of_it = ["sh", "-c", '"$@" && echo end', "rows", *command]
        process = walls.start(all_of_it, clear, write)
        # Ended before `age`, which waits for whoever reads what it opens.
        ending.callback(walls.end, process)
        os.close(write)
        yield rows


def folder_of(major: int) -> Path:
    """Where PostgreSQL's programs of this version lie, or the newest; as they are seen inside."""
    found = programs.find(DataFolder(Path("/nowhere")), major).folder
    return (found / "postgres").resolve().parent
