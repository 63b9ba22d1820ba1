"""PostgreSQL's counters of our tables: what was written, and when each was used last.

Since version 16 they hold the microsecond of a table's or an index's last scan, and so of the last
tip. A clean stop writes them to a file, which the starter deletes.
"""

from collections.abc import Collection

from django.db import connection

TABLES = (
    "SELECT c.oid, c.relname, c.reltoastrelid FROM pg_class c"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
    r" AND c.relname LIKE 'tips\_%%'"
)
# Of their long values, and all indexes.
BESIDE = (
    f"WITH t AS ({TABLES}) SELECT count(pg_stat_reset_single_table_counters(r.oid)) FROM ("
    " SELECT reltoastrelid AS oid FROM t WHERE reltoastrelid <> 0 UNION ALL"
    " SELECT i.indexrelid FROM pg_index i JOIN t ON i.indrelid IN (t.oid, t.reltoastrelid)) r"
)


def take(counted: Collection[str]) -> int | None:
    """Resets all counters; how many rows were written to these tables since the last time.

    None where PostgreSQL forgot the count, as it does in a crash.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT pg_stat_get_db_stat_reset_time(oid) IS NOT NULL FROM pg_database"
            " WHERE datname = current_database()"
        )
        (known,) = cursor.fetchone()
        # Read and reset in one go: a row that is counted between the two would be forgotten.
        cursor.execute(
            "SELECT relname, pg_stat_get_tuples_inserted(oid) + pg_stat_get_tuples_updated(oid)"
            " + pg_stat_get_tuples_deleted(oid), pg_stat_reset_single_table_counters(oid)::text"
            f" FROM ({TABLES}) t",
            (),
        )
        written = {name: number for name, number, _reset in cursor.fetchall()}
        cursor.execute(BESIDE, ())
    return sum(written[table] for table in counted) if known else None


def tables() -> list[str]:
    """The names of all tables of tips."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES, ())
        return [str(name) for _oid, name, _toast in cursor.fetchall()]


def size(table: str) -> int:
    """In bytes, with indexes and long values."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s::regclass)", (f"public.{table}",))
        return int(cursor.fetchone()[0])


def rows(table: str) -> int:
    """As PostgreSQL estimated when it last looked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", (f"public.{table}",)
        )
        return int(cursor.fetchone()[0])


def wal_position() -> int:
    """Bytes of WAL written since the server was made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
        return int(cursor.fetchone()[0])
