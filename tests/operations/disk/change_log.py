"""The tables that citizens write, and which of them PostgreSQL's log of changes still tells of."""

import re
import subprocess
from pathlib import Path

from tests.attacks import store
from tests.running import RunningSite

TABLES = ("tips_tip", "tips_message", "tips_photo", "tips_event", "tips_box", "tips_alarm")


def wal_files(site: RunningSite) -> list[str]:
    return sorted(
        file.name
        for file in (store.data_folder(site) / "pg_wal").iterdir()
        if re.fullmatch("[0-9A-F]{24}", file.name)
    )


def written_relations(site: RunningSite) -> set[str]:
    """The table and index files of which the log still tells a change, as pg_waldump reads it."""
    programs = Path(f"/proc/{site.postgres()}/exe").resolve().parent
    folder, found = store.data_folder(site) / "pg_wal", set()
    for name in wal_files(site):
        result = subprocess.run(
            [programs / "pg_waldump", folder / name],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        found |= set(re.findall(r"rel \d+/\d+/(\d+)", result.stdout))
    return found


def relations(site: RunningSite) -> set[str]:
    """The files of the tables that citizens write, with their indexes and long values."""
    rows = store.rows(
        site,
        "WITH t AS (SELECT oid, reltoastrelid FROM pg_class WHERE relname = ANY (%s))"
        " SELECT pg_relation_filenode(c.oid)::text AS file FROM pg_class c WHERE c.oid IN ("
        " SELECT oid FROM t UNION SELECT reltoastrelid FROM t UNION"
        " SELECT indexrelid FROM pg_index i JOIN t ON i.indrelid IN (t.oid, t.reltoastrelid))",
        list(TABLES),
    )
    return {row["file"] for row in rows if row["file"]}
