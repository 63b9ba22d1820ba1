"""A new release that changes a function, set up while the release before it serves."""

import subprocess
from pathlib import Path

import pytest

from slu_antitrafficking.start.options import ROOT
from tests.operations.faults.crowd import Crowd, ask, references
from tests.running import RunningSite
from tips.crypto import receipts
from tips.database import rights

# What the starter runs after a migration, of a release with another file of functions.
RELEASE = """
from pathlib import Path
from django.db import connection, transaction
from tips.database import rights
rights.FUNCTIONS = Path({file!r})
rights.BEFORE = {before!r}
with transaction.atomic(), connection.cursor() as cursor:
    rights.apply_grants(cursor)
    print(rights.drift(cursor))
"""
SIGNATURES = """
SELECT oidvectortypes(proargtypes) FROM pg_proc
WHERE proname = 'receive_tip' AND has_function_privilege('know_the_signs_public', oid, 'EXECUTE')
"""


def release(site: RunningSite, file: Path, before: dict[str, tuple[str, ...]]) -> str:
    """What setting this release up said of rights that are missing or too many."""
    code = RELEASE.format(file=str(file), before=before)
    command = ["./run", "manage", "shell", "-v0", "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=site.environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def of_next_release(tmp_path: Path) -> Path:
    """The functions, of which one takes an argument more."""
    written = rights.FUNCTIONS.read_text()
    file = tmp_path / "functions.sql"
    name = "FUNCTION public.receive_tip("
    assert name in written
    file.write_text(written.replace(name, f"{name}\n  p_more text,"))
    return file


def test_the_release_before_goes_on_serving_beside_the_new_functions(
    site: RunningSite, of_next_release: Path
) -> None:
    (old,) = ask(site, SIGNATURES)
    before = {f"receive_tip({old})": ("public",)}
    with Crowd(site) as crowd:
        crowd.await_more()
        assert release(site, of_next_release, before) == "[]"
        crowd.await_more()
        assert sorted(ask(site, SIGNATURES)) == sorted([old, f"text, {old}"])
        # The site's own release again; nothing is left of the other.
        assert release(site, rights.FUNCTIONS, {}) == "[]"
        crowd.await_more()
    assert ask(site, SIGNATURES) == [old]
    assert crowd.refused == []
    stored = references(site)
    for page, reference in crowd.received.items():
        assert stored[receipts.page_digest(page)] == [reference]
