"""How PostgreSQL's own programs reach the site's database."""

import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import parse_dsn

from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.options import clean_environment
from slu_antitrafficking.start.postgres import programs
from slu_antitrafficking.start.postgres.data_folder import DataFolder

# libpq's own names; a password stands here, for anybody may read the arguments of a process.
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


@dataclass(frozen=True)
class PostgresAccess:
    """The programs of one version, and where and as whom they log in."""

    folder: Path  # of the programs
    login: Mapping[str, str] = field(repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """Of every program that logs in."""
        return {**clean_environment(), "LC_ALL": "C", **self.login}

    @property
    def database(self) -> str:
        """The name of the site's database."""
        return self.login["PGDATABASE"]

    def connect(self) -> psycopg2.extensions.connection:
        """A connection of our own."""
        names = {variable: name for name, variable in VARIABLES.items()}
        return psycopg2.connect(**{names[key]: value for key, value in self.login.items()})

    def command(self, program: str, *arguments: str) -> list[str]:
        """Its whole name and arguments. Raises Problem where it is not there."""
        path = self.folder / program
        if not path.exists():
            raise Problem(
                f"{program} is not in {self.folder}: install PostgreSQL's client programs "
                "(Debian: apt-get install postgresql-client) and set PG_BIN to their folder."
            )
        return [str(path), *arguments]

    def ask(self, statements: str) -> Any:
        """The first value that the last of these gives, or None; all in one transaction.

        Raises Problem with PostgreSQL's reason.
        """
        try:
            with closing(self.connect()) as connection, connection, connection.cursor() as cursor:
                cursor.execute(statements)
                row = cursor.fetchone() if cursor.description else None
                return row[0] if row else None
        except psycopg2.Error as error:
            lines = str(error).strip().splitlines() or [type(error).__name__]
            raise Problem(f"PostgreSQL: {lines[0]}") from None


def access_to(url: str) -> PostgresAccess:
    """To somebody else's server, by the programs of its version: what they dump, the same read.

    Raises Problem when it does not answer, or there are no programs.
    """
    found = programs.find(DataFolder(Path("/nowhere")))
    major = int(access_by(url, found.folder).ask("SHOW server_version_num")) // 10_000
    same = Path(f"/usr/lib/postgresql/{major}/bin")
    told = "PG_BIN" in os.environ
    return access_by(url, same if same.exists() and not told else found.folder)


def access_by(url: str, folder: Path) -> PostgresAccess:
    """By an address like DATABASE_URL's."""
    parts: dict[str, str] = parse_dsn(url)
    return PostgresAccess(
        folder, {VARIABLES[name]: parts[name] for name in VARIABLES if parts.get(name)}
    )
