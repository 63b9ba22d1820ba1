"""Where a figure is measured: a database of its own, our doors and bare gunicorns on free ports."""

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM
from typing import Any

import psycopg2
from psycopg2 import sql

from bench import load
from slu_antitrafficking import roles
from slu_antitrafficking.start import processes, servers
from slu_antitrafficking.start.options import MANAGE, Options, clean_environment
from slu_antitrafficking.start.postgres import database
from slu_antitrafficking.start.postgres.database import External
from slu_antitrafficking.start.processes import Log

SEVERAL_SECONDS = 30


@dataclass(frozen=True)
class Stage:
    """One prepared database, the folder of what serves it, and the owner's environment."""

    folder: Path
    database: External
    owner: dict[str, str]

    @contextmanager
    def sql(self) -> Iterator[Any]:
        """A cursor of the owner's, in one transaction."""
        with database.owner(self.database.owner_url) as cursor:
            yield cursor

    def at_once(self, statement: str) -> None:
        """As the owner, outside a transaction."""
        _at_once(self.database.owner_url, sql.SQL(statement))

    def manage(self, *command: str, **environment: str) -> str:
        """A management command as the owner; what it printed."""
        return _run([*MANAGE, *command], self.owner | environment)

    def inside(self, *arguments: str, **environment: str) -> Any:
        """What a module of bench/inside answers; as the owner unless the environment says else."""
        command = [sys.executable, "-m", "bench.inside", *arguments]
        return json.loads(_run(command, environment or self.owner))

    @contextmanager
    def door(self, serve: str, path: Path | None = None) -> Iterator["Served"]:
        """The real door, as the starter serves it, with its own role; also at a unix socket."""
        role = dict(zip(("public", "desk"), roles.role_names(self.database.name), strict=False))[
            serve
        ]
        password = secrets.token_urlsafe(32)
        database.give(self.database, {role: password})
        sockets = [servers.listen("PORT", 0, 0)]
        port = sockets[0].getsockname()[1]
        if path:
            sockets.append(socket.socket(socket.AF_UNIX))
            sockets[-1].bind(str(path))
            sockets[-1].listen(512)
        url = f"http://{load.HOST}:{port}"
        environment = self.owner | {
            "SERVE": serve,
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DATABASE_URL": self.database.url(role, password),
            "SITE_URL": url,
            "DESK_URL": url,
        }
        del environment["OWNER_DATABASE_URL"]
        door = servers.Door(serve, sockets, environment, Log(self.folder / f"{serve}.log"))
        try:
            door.spawn()
            door.wait()
            assert door.process
            yield Served(port, door.process.pid, environment)
        finally:
            door.stop()
            for one in sockets:
                one.close()

    @contextmanager
    def bare(self, module: str, **environment: str) -> Iterator["Served"]:
        """A bare program of bench/bare under the same gunicorn settings, as the owner."""
        listening = servers.listen("PORT", 0, 0)
        port = listening.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "-c", "python:bench.bare.gunicorn_conf"]
        command += ["--bind", f"fd://{listening.fileno()}", f"bench.bare.{module}"]
        variables = clean_environment() | {
            "SERVE": "public",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DATABASE_URL": self.database.owner_url,
        }
        log = Log(self.folder / f"bare-{module}.log")
        process = processes.spawn(
            command, variables | environment, log, descriptors=[listening.fileno()]
        )
        try:
            yield Served(port, process.pid, variables)
        finally:
            processes.end(process, SIGTERM, SEVERAL_SECONDS)
            listening.close()


@dataclass(frozen=True)
class Served:
    """A server that answers."""

    port: int
    pid: int
    environment: dict[str, str]


@contextmanager
def stage(name: str) -> Iterator[Stage]:
    """A new database with everything in it that a first start makes; gone afterwards."""
    owner_url = os.environ["DATABASE_URL"]
    full = f"bench_{name}"
    with tempfile.TemporaryDirectory(prefix="know-the-signs-bench-") as folder:
        where = External(owner_url, Log(Path(folder) / "postgresql.log"))
        mine = External(renamed(owner_url, where.name, full), where.log)
        options = Options(Path(folder), 0, 0, f"http://{load.HOST}", f"http://{load.HOST}", "")
        owner = options.environment(SERVE="both", OWNER_DATABASE_URL=mine.owner_url)
        _drop(owner_url, full)
        _at_once(owner_url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(full)))
        try:
            it = Stage(Path(folder), mine, owner)
            it.manage("prepare")
            static = {"SERVE": "public", "SECRET_KEY": secrets.token_urlsafe(48)}
            it.manage("collectstatic", "--noinput", "-v0", **static)
            yield it
        finally:
            _drop(owner_url, full)


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or f"{command[-1]} failed")
    return done.stdout


def renamed(url: str, old: str, new: str) -> str:
    """The address of another database of that server."""
    head, mark, tail = url.rpartition(f"/{old}")
    # The folder of the socket stands behind the name and may contain it.
    return f"{head}/{new}{tail}" if "?" not in head else url.replace(f"{mark}?", f"/{new}?", 1)


def _drop(url: str, name: str) -> None:
    _at_once(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    for role in roles.role_names(name):
        _at_once(url, sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def _at_once(url: str, statement: sql.Composable) -> None:
    """Outside a transaction, as CREATE DATABASE must be."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def soon(seconds: float = SEVERAL_SECONDS) -> Iterator[None]:
    """Turns of a wait for something that comes within these seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.05)
