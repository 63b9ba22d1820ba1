"""python -m slu_antitrafficking.operations.close_catalog, as PostgreSQL's superuser: does what the
database's owner may not do, and `./run run` on somebody else's server only prints."""

import psycopg2

from slu_antitrafficking import roles
from slu_antitrafficking.operations import server


def main() -> None:
    """Safe to run again; to be run after every `prepare`, which makes the roles."""
    connection = psycopg2.connect(dbname=server.DATABASE)
    with connection, connection.cursor() as cursor:
        roles.close_catalog(cursor, server.OWNER_ROLE)
    connection.close()


if __name__ == "__main__":
    main()
