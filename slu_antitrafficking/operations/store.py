"""The database that is restored into: a second one beside it, which takes its place at the end.

Until then what was there is untouched, whatever happens; a killed restore leaves the second one
behind, which no door can be led to, and the next restore drops.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import quote, urlsplit

import psycopg2

from slu_antitrafficking import roles
from slu_antitrafficking.operations import server
from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.options import MANAGE, ROOT, Options, clean_environment
from slu_antitrafficking.start.postgres import database
from slu_antitrafficking.start.postgres.cluster import OWNER
from slu_antitrafficking.start.processes import tied_to_us
from slu_antitrafficking.start.state import Lock, State

REPLACED = "-replaced"
TABLES = "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = 'public'"
SUPERUSER = ("runuser", "-u", "postgres", "--")
NOTHING_WAS_CHANGED = "Nothing was restored; what was here before is here as it was."


@dataclass(frozen=True)
class Store:
    """Of one site. `administer` asks as whoever may make databases there; each statement counts."""

    owner_url: str
    owner: str
    locale: str
    administer: Callable[[str, str], str]  # in this database: the first value
    close: Callable[[str], None]  # what else only a superuser does in this database
    environment: Mapping[str, str]  # of management commands
    user: str | None = None  # as whom they run, where that is another

    @property
    def name(self) -> str:
        """Of the site's database."""
        return urlsplit(self.owner_url).path.strip("/")

    def is_empty(self) -> bool:
        """Whether nothing would be lost."""
        return self.administer(self.name, TABLES) == "0"

    @contextmanager
    def replaced(self) -> Iterator[None]:
        """A new database for `manage`; it takes the old one's place if all goes well inside."""
        new, old = self.name + roles.RESTORING, self.name + REPLACED
        self._drop(new, old)
        how = f"OWNER {_quoted(self.owner)} TEMPLATE template0 ENCODING 'UTF8' {self.locale}"
        self.administer("postgres", f"CREATE DATABASE {_quoted(new)} {how}")
        try:
            self.administer("postgres", f"REVOKE ALL ON DATABASE {_quoted(new)} FROM PUBLIC")
            self.close(new)
            yield
            # In one transaction: there is always one of this name.
            self.administer("postgres", f"{_renamed(self.name, old)}; {_renamed(new, self.name)}")
        except BaseException:
            self._drop(new)
            raise
        self._drop(old)

    def manage(self, *arguments: str, source: IO[bytes] | None = None, keep: int = -1) -> None:
        """A command of manage.py as the owner of the new database, at this terminal.

        Raises Problem when it fails.
        """
        parts = urlsplit(self.owner_url)
        url = parts._replace(path=f"/{quote(self.name + roles.RESTORING)}").geturl()
        child = subprocess.run(
            [*MANAGE, *arguments],
            env={**self.environment, "SERVE": "both", "OWNER_DATABASE_URL": url},
            cwd=ROOT,
            stdin=source,
            pass_fds=[] if keep < 0 else [keep],
            umask=0o077,
            preexec_fn=tied_to_us(),  # it has the sheets, and may wait for somebody to type
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
            check=False,
        )
        if child.returncode:
            raise Problem(NOTHING_WAS_CHANGED)

    def _drop(self, *names: str) -> None:
        for name in names:
            self.administer("postgres", f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")


def choose(options: Options, cleanup: ExitStack) -> Store:
    """Of our own PostgreSQL, started for this, or of DATABASE_URL.

    Raises Problem when the site runs, and where the owner may not make a database.
    """
    if options.database_url:
        return _of_an_owner(options)
    state = State(options.var)
    lock = Lock(state.var).take_or_refuse("restore")
    cleanup.callback(lock.release)
    ours = database.choose(options, state)
    assert isinstance(ours, database.Embedded)
    cleanup.callback(ours.stop)
    ours.start()

    def administer(where: str, statements: str) -> str:
        with _reasons(), ours.cluster.superuser(where) as cursor:
            return _asked(cursor, statements)

    environment = options.environment()
    return Store(ours.owner_url, OWNER, "", administer, ours.close_catalog, environment)


def _of_an_owner(options: Options) -> Store:
    """On somebody else's server: the owner has to be able to make databases."""
    parts = urlsplit(options.database_url)

    def administer(where: str, statements: str) -> str:
        url = parts._replace(path=f"/{quote(where)}").geturl()
        with _reasons(), closing(psycopg2.connect(url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                return _asked(cursor, statements)

    may = "SELECT rolcreatedb OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
    if administer("postgres", may) != "True":
        raise Problem("DATABASE_URL: its user needs CREATEDB while it is restored.")
    owner = administer("postgres", "SELECT current_user")
    return Store(
        options.database_url, owner, "", administer, lambda _name: None, options.environment()
    )


def of_the_server() -> Store:
    """Of an installed one: the superuser makes databases, and commands run as the owner's user."""
    settings = server.settings("common", "owner")
    environment = clean_environment() | settings | {"HOME": "/"}
    ours = {"PGOPTIONS": "-c search_path=pg_catalog,pg_temp"}

    def administer(where: str, statements: str) -> str:
        psql = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", where, "-c", statements]
        return _said([*SUPERUSER, *psql], clean_environment() | ours)

    def close(where: str) -> None:
        module = "slu_antitrafficking.operations.superuser"
        _said([*SUPERUSER, sys.executable, "-m", module, where], clean_environment())

    url = settings["OWNER_DATABASE_URL"]
    locale = "LOCALE 'C.UTF-8'"
    user = server.OWNER_USER
    return Store(url, server.OWNER_ROLE, locale, administer, close, environment, user)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _renamed(name: str, to: str) -> str:
    return f"ALTER DATABASE {_quoted(name)} RENAME TO {_quoted(to)}"


def _asked(cursor: Any, statements: str) -> str:
    cursor.execute(statements)
    row = cursor.fetchone() if cursor.description else None
    return str(row[0]) if row else ""


@contextmanager
def _reasons() -> Iterator[None]:
    try:
        yield
    except psycopg2.Error as error:
        raise Problem(f"PostgreSQL: {str(error).strip().splitlines()[0]}") from None


def _said(command: Sequence[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Problem(f"PostgreSQL: {done.stderr.strip()}")
    return done.stdout.strip()
