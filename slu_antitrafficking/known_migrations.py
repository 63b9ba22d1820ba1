"""Whether a database was made by this line of releases.

Plain psycopg2 on purpose: the starter asks without loading Django, before it changes anything.
"""

from pathlib import Path
from typing import Any

OURS = ("campaign", "tips")
ROOT = Path(__file__).resolve().parents[1]
ANOTHER_VERSION = (
    "This database was made by a version that was never released, or by a newer one: nothing was "
    "changed. Use that version, or set VAR or DATABASE_URL to begin anew."
)


def are_all(cursor: Any) -> bool:
    """Whether each of our migrations that was applied here is one that this release has."""
    cursor.execute("SELECT to_regclass('public.django_migrations')")
    if cursor.fetchone() == (None,):
        return True
    cursor.execute(
        "SELECT app, name FROM public.django_migrations WHERE app = ANY (%s)", (list(OURS),)
    )
    known = {(app, file.stem) for app in OURS for file in (ROOT / app / "migrations").glob("0*.py")}
    return known.issuperset(cursor.fetchall())
