"""The database of one $VAR: our own PostgreSQL, or the server that DATABASE_URL names."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg2

from slu_antitrafficking import known_migrations, roles
from slu_antitrafficking.start.console import Problem, say, step
from slu_antitrafficking.start.options import Options
from slu_antitrafficking.start.postgres import data_folder
from slu_antitrafficking.start.postgres.cluster import DATABASE, OWNER, Cluster
from slu_antitrafficking.start.postgres.programs import OLDEST, find
from slu_antitrafficking.start.processes import Log
from slu_antitrafficking.start.servers import RestartBackoff
from slu_antitrafficking.start.state import State

SERVING = tuple(roles.LOGINS)  # the two doors and the mail process


class Embedded:
    """Our own PostgreSQL in this $VAR."""

    name = DATABASE

    def __init__(self, state: State, log: Log, *, durable: bool = True) -> None:
        self.log = log
        self.backoff = RestartBackoff()
        self._state = state
        where = data_folder.locate(state)
        self._prepared = where.home / "prepared"
        self.cluster = Cluster(where, find(where), state.secrets["superuser"], log, durable=durable)
        self.owner_url = self.cluster.url(OWNER, state.secrets["owner"])
        # That no earlier start knew. Made before the server answers, so that the doors can start
        # meanwhile; `admit_doors` makes them true.
        names = roles.role_names(self.name)
        self._passwords = {getattr(names, kind): secrets.token_urlsafe(32) for kind in SERVING}

    def start(self, *, rights: str = "CREATEROLE") -> None:
        """Makes the data on the first start, starts the server and gives its owner these rights.

        Raises Problem when another version made the data; then nothing was changed.
        """
        with step(f"PostgreSQL {self.cluster.programs.version}"):
            self.cluster.make()
            data_folder.remember(self._state, self.cluster.folder)
            self.cluster.start()
            self.backoff.count_start()
            # As the owner: what the tables are is the owner's making. At first with the password of
            # the start before, for this writes nothing.
            with suppress(psycopg2.OperationalError):
                self._refuse_another_version()
            self.cluster.make_database(self._state.secrets["owner"], rights)
            self._refuse_another_version()

    def _refuse_another_version(self) -> None:
        with owner(self.owner_url) as cursor:
            _refuse_another_version(cursor)

    def close_catalog(self, database: str = DATABASE) -> None:
        """Takes from everybody what only a superuser can take."""
        with self.cluster.superuser(database) as cursor:
            roles.close_catalog(cursor, OWNER)

    def door_urls(self) -> dict[str, str]:
        """The addresses of the doors and the mail process, with passwords of this start."""
        urls = [self.cluster.url(role, password) for role, password in self._passwords.items()]
        return dict(zip(SERVING, urls, strict=True))

    def admit_doors(self) -> None:
        """Gives the serving roles their passwords, and takes from everybody what nobody needs."""
        give(self, self._passwords)
        self.close_catalog()

    def left_to_a_superuser(self) -> list[str]:
        """Nothing: `admit_doors` did it."""
        return []

    def fingerprint(self) -> str:
        """The fingerprint it was last prepared for; empty if that is not known."""
        return self._prepared.read_text() if self._prepared.exists() else ""

    def remember_fingerprint(self, fingerprint: str) -> None:
        """Keeps the fingerprint beside the data, so that it travels with them."""
        self._prepared.write_text(fingerprint)

    def keep_up(self) -> bool:
        """Whether it is up; starts it again if it has died and what it left behind is gone."""
        process = self.cluster.process
        if process is None or process.poll() is None:
            return True
        if not self.cluster.busy() and self.backoff.is_due():
            self.backoff.count_start()
            say("PostgreSQL ended; starting it again.")
            self.cluster.spawn()
        return False

    def stop(self) -> None:
        """Ends the server, everything on disk."""
        self.cluster.stop()


class External:
    """The owner's database on somebody else's server. We never stop it."""

    def __init__(
        self,
        url: str,
        log: Log,
        named_urls: Mapping[str, str] = MappingProxyType({}),
        passwords: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`named_urls` are the doors' that the operator named; `passwords` are for the others."""
        parts = urlsplit(url)
        self.name = parts.path.strip("/")
        if parts.scheme not in ("postgres", "postgresql") or not self.name:
            raise Problem("DATABASE_URL must look like postgresql://user:password@host/name.")
        self.owner_url = url
        self.log = log
        self._named_urls, self._passwords = named_urls, passwords

    def start(self) -> None:
        """Makes the serving roles that there are not yet.

        Raises Problem unless it answers, is new enough, lets the owner make roles, and each door
        can log in. A password that is another's is never set.
        """
        with step("DATABASE_URL"):
            try:
                with owner(self.owner_url) as cursor:
                    version = cursor.connection.server_version // 10_000
                    may_make_roles = roles.may_make_roles(cursor)
                    _refuse_another_version(cursor)
            except psycopg2.Error as error:
                raise Problem(f"DATABASE_URL: {_first_line(error)}") from None
        if version < OLDEST:
            raise Problem(f"DATABASE_URL: PostgreSQL {OLDEST} or newer is needed, not {version}.")
        if not may_make_roles:
            raise Problem("DATABASE_URL: its user needs CREATEROLE, to make the serving roles.")
        self._make_roles()
        for kind, url in self.door_urls().items():
            self._try(kind, url)

    def _make_roles(self) -> None:
        """With passwords in the same transaction: a role without ours is not of our making."""
        with _refusals_as_problems(), owner(self.owner_url) as cursor:
            cursor.execute("SELECT rolname FROM pg_catalog.pg_roles")
            there = {name for (name,) in cursor.fetchall()}
            names = roles.make_roles(cursor)._asdict()
            for kind in SERVING:
                if names[kind] not in there and kind not in self._named_urls:
                    roles.set_password(cursor, names[kind], self._passwords[kind])

    def _try(self, kind: str, url: str) -> None:
        role = getattr(roles.role_names(self.name), kind)
        name = f"{kind.upper()}_DATABASE_URL"
        if urlsplit(url).username != role:
            raise Problem(f"{name} must log in as {role}.")
        try:
            psycopg2.connect(url, connect_timeout=5).close()
        except psycopg2.Error as error:
            if kind in self._named_urls or "password authentication failed" not in str(error):
                raise Problem(f"{name}: {_first_line(error)}") from None
            raise Problem(
                f"DATABASE_URL: the role {role} has a password that this store did not make, so "
                f"another one may use it: set PUBLIC_DATABASE_URL, DESK_DATABASE_URL and"
                f" MAIL_DATABASE_URL."
            ) from None

    def door_urls(self) -> dict[str, str]:
        """The addresses of the doors and the mail process: as named, or with our password."""
        names = roles.role_names(self.name)._asdict()
        ours = {kind: self.url(names[kind], self._passwords[kind]) for kind in self._passwords}
        return {kind: self._named_urls.get(kind) or ours[kind] for kind in SERVING}

    def admit_doors(self) -> None:
        """`start` did, or did not."""

    def left_to_a_superuser(self) -> list[str]:
        """What is to be run there by somebody who may, with a line that says so."""
        with _refusals_as_problems(), owner(self.owner_url) as cursor:
            cursor.execute("SELECT current_user")
            statements = roles.superusers_part(cursor, cursor.fetchone()[0])
        heading = f"As a superuser of the database {self.name}, run:"
        return [heading, *(f"  {statement};" for statement in statements)] if statements else []

    def url(self, role: str, password: str) -> str:
        """The owner's address with another user."""
        parts = urlsplit(self.owner_url)
        _, _, hosts = parts.netloc.rpartition("@")
        return parts._replace(netloc=f"{quote(role)}:{quote(password)}@{hosts}").geturl()

    def fingerprint(self) -> str:
        """Never known: others may have changed it meanwhile."""
        return ""

    def remember_fingerprint(self, fingerprint: str) -> None:
        """There is nowhere to keep it, and `fingerprint` would not use it."""

    def keep_up(self) -> bool:
        """Its own people do that."""
        return True

    def stop(self) -> None:
        """The server is somebody else's: it goes on."""


Database = Embedded | External


def choose(options: Options, state: State, *, durable: bool = True) -> Database:
    """DATABASE_URL where it is set, else our own."""
    log = Log(state.log / "postgresql.log")
    if options.database_url:
        passwords = state.kept_passwords(SERVING)
        return External(options.database_url, log, options.door_database_urls, passwords)
    return Embedded(state, log, durable=durable)


def give(database: Database, passwords: dict[str, str]) -> None:
    """Gives the serving roles these passwords and the settings they ought to have.

    Raises Problem with PostgreSQL's reason when it refuses.
    """
    with _refusals_as_problems(), owner(database.owner_url) as cursor:
        roles.make_roles(cursor)
        for role, password in passwords.items():
            roles.set_password(cursor, role, password)


def _refuse_another_version(cursor: Any) -> None:
    if not known_migrations.are_all(cursor):
        raise Problem(known_migrations.ANOTHER_VERSION)


@contextmanager
def _refusals_as_problems() -> Iterator[None]:
    try:
        yield
    except psycopg2.Error as error:
        raise Problem(f"The serving roles cannot be made: {_first_line(error)}") from None


def is_at_work(owner_url: str, session: str) -> bool:
    """Whether the server does anything for the owner's session of this name.

    One that waits for a lock, or for us, is not at work; nor is a server that does not answer.
    """
    try:
        with owner(owner_url) as cursor:
            cursor.execute(
                "SELECT FROM pg_catalog.pg_stat_activity WHERE application_name = %s"
                " AND state = 'active' AND wait_event_type IS DISTINCT FROM 'Lock'",
                (session,),
            )
            return bool(cursor.rowcount)
    except psycopg2.Error:
        return False


@contextmanager
def owner(url: str) -> Iterator[Any]:
    """A cursor of the owner's, in one transaction."""
    connection = psycopg2.connect(url, connect_timeout=5)
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0].split("FATAL:")[-1].strip() if text else type(error).__name__
