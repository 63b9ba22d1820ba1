"""python -m slu_antitrafficking.operations.superuser, as PostgreSQL's superuser: makes the roles,
and does what else the database's owner may not do. On somebody else's server the owner makes the
roles, and `./run run` prints the rest."""

import sys

import psycopg2

from slu_antitrafficking import roles
from slu_antitrafficking.operations import server


def main(database: str = server.DATABASE) -> None:
    """Safe to run again; to be run before every `prepare` that brings a role."""
    with_no_path_of_the_owners = "-c search_path=pg_catalog,pg_temp"
    connection = psycopg2.connect(dbname=database, options=with_no_path_of_the_owners)
    with connection, connection.cursor() as cursor:
        roles.make_roles(cursor, server.OWNER_ROLE)
        roles.close_catalog(cursor, server.OWNER_ROLE)
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
