"""Our own PostgreSQL: made once, started as a child, reached by a closed unix socket alone."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from slu_antitrafficking.start import processes
from slu_antitrafficking.start.console import Problem, sentence_in
from slu_antitrafficking.start.postgres.data_folder import DataFolder
from slu_antitrafficking.start.postgres.programs import Programs
from slu_antitrafficking.start.processes import Log

SUPERUSER = "postgres"
DATABASE = "know_the_signs"
OWNER = "know_the_signs_owner"

# Nothing that anybody typed or sent may reach the log, nor when it came.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_min_error_statement": "panic",
    "log_min_messages": "log",  # leaves out errors, whose text may quote a value
    "log_error_verbosity": "terse",
    "log_line_prefix": "%b ",  # a time would be that of a sending which failed
    "log_statement": "none",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "wal_recycle": "off",  # old log segments go from the disk instead of waiting for re-use
}
# NOTIFY cannot be revoked, and what nobody reads stays on the disk, up to 8 GB. 64 is the least.
SINCE_17 = {"max_notify_queue_pages": "64"}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster:
    """One PostgreSQL server of ours. `durable=False` is for data that nobody will miss."""

    def __init__(
        self,
        folder: DataFolder,
        programs: Programs,
        password: str,
        log: Log,
        *,
        durable: bool = True,
    ) -> None:
        self.folder = folder
        self.programs = programs
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._password = password
        self._sockets = folder.sockets()
        self._settings = SETTINGS | ({} if durable else NOT_DURABLE)
        if programs.major >= 17:
            self._settings |= SINCE_17
        if folder.identity:  # root's doors are other users
            self._settings |= {
                "unix_socket_group": str(folder.identity["extra_groups"][0]),
                "unix_socket_permissions": "0770",
            }

    def make(self) -> None:
        """Makes the data folder where there is none; one cut short does not count.

        Raises Problem with initdb's reason when it fails.
        """
        for half_made in self.folder.home.glob("new-*"):
            shutil.rmtree(half_made)
        if self.folder.data.exists():
            return
        new = self.folder.home / f"new-{os.getpid()}"
        secret = self.folder.home / "new-password"
        secret.touch(mode=0o600)
        secret.write_text(self._password)
        self.folder.own(secret)
        command: list[str | Path] = [self.programs.folder / "initdb", "-D", new]
        command += ["-U", SUPERUSER, "-E", "UTF8"]
        command += ["-A", "scram-sha-256", f"--pwfile={secret}"]
        command += (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if self.programs.major >= 17
            else ["--locale=C.UTF-8"]
        )
        if self._settings.get("fsync") == "off":
            command.append("--no-sync")
        try:
            result = self.folder.run(command)
        finally:
            secret.unlink()
        if result.returncode:
            raise Problem(f"PostgreSQL could not be set up: {sentence_in(result.stderr)}")
        new.rename(self.folder.data)

    def spawn(self) -> None:
        """Starts the server; `wait` tells when it answers."""
        if not self.busy():
            # After a power cut the number in these may be some other process's, and PostgreSQL
            # would refuse to start beside that one.
            (self.folder.data / "postmaster.pid").unlink(missing_ok=True)
            for file in self._sockets.glob(".s.PGSQL.*.lock"):
                file.unlink(missing_ok=True)
            self._delete_what_tells_times()
        settings = self._settings | {"unix_socket_directories": str(self._sockets)}
        command: list[str | Path] = [self.programs.folder / "postgres", "-D", self.folder.data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.process = processes.spawn(
            command,
            self.folder.environment(),
            self.log,
            ends_with=signal.SIGINT,  # what PostgreSQL calls a fast shutdown
            identity=self.folder.identity,
            folder=Path("/"),
        )

    def wait(self) -> None:
        """Returns when the server answers. Raises Problem when it ends instead."""
        assert self.process, "spawn first"
        while not self.answers():
            if self.process.poll() is not None:
                why = processes.reason(self.process, self.log)
                raise Problem(f"PostgreSQL does not start: {why}")
            time.sleep(0.02)

    def start(self) -> None:
        """Spawns and waits; what a killed server left behind gets its moment to go."""
        deadline = time.monotonic() + 30
        while self.busy() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.spawn()
        self.wait()

    def busy(self) -> bool:
        """Whether any process works in the data folder, as all of PostgreSQL's do."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").readlink() == self.folder.data:
                    return True
            except OSError:
                continue  # gone, or another user's and so none of ours
        return False

    def stop(self) -> None:
        """Ends the server with everything on disk."""
        processes.end(self.process, signal.SIGINT, 60)
        if self.process and not self.busy():
            self._delete_what_tells_times()

    def _delete_what_tells_times(self) -> None:
        """Of what a clean stop leaves: when each table and index was used last, and so when a tip
        came; and files that a connection, perhaps a tip's, wrote. The next start makes them."""
        data = self.folder.data
        for file in (data / "pg_stat" / "pgstat.stat", *data.glob("**/pg_internal.init")):
            file.unlink(missing_ok=True)

    def url(self, user: str, password: str, database: str = DATABASE) -> str:
        """The address of the database for this user."""
        return f"postgresql://{user}:{quote(password)}@/{database}?host={quote(str(self._sockets))}"

    @contextmanager
    def superuser(self, database: str = "postgres") -> Iterator[Any]:
        """A cursor that may do everything; each statement counts at once, and no name in it means
        what the owner made."""
        url = self.url(SUPERUSER, self._password, database)
        connection = psycopg2.connect(url, options="-c search_path=pg_catalog,pg_temp")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def make_database(self, password: str, rights: str) -> None:
        """Makes the owner and the database where they are missing."""
        owner, database = sql.Identifier(OWNER), sql.Identifier(DATABASE)
        with self.superuser() as cursor:
            if not _exists(cursor, "SELECT FROM pg_roles WHERE rolname = %s", OWNER):
                cursor.execute(sql.SQL("CREATE ROLE {}").format(owner))
            cursor.execute(
                sql.SQL("ALTER ROLE {} LOGIN {} PASSWORD {}").format(
                    owner, sql.SQL(rights), sql.Literal(password)
                )
            )
            if not _exists(cursor, "SELECT FROM pg_database WHERE datname = %s", DATABASE):
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
            cursor.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
            cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE postgres TO {}").format(owner))

    def answers(self) -> bool:
        """Whether a server, ours or another command's, answers here.

        Raises Problem when it answers that our password is wrong.
        """
        try:
            with self.superuser() as cursor:
                cursor.execute("SELECT 1")
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                raise Problem(
                    f"secrets.json does not fit the database in {self.folder.home}: "
                    "put back the one that belongs to it."
                ) from None
            return False
        return True


def _exists(cursor: Any, query: str, name: str) -> bool:
    cursor.execute(query, (name,))
    return bool(cursor.rowcount)
