"""Two releases, a broken one, and a server on which the first of them serves."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from slu_antitrafficking.start.postgres.database import owner
from tests.operations.pretended_server import Server
from tests.operations.releasing import Workshop, changed

MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tips", "0002_storage")]
    operations = [
        migrations.AddField("tip", "seen_by_a_test", models.BooleanField(null=True)),
    ]
"""

SEEN = b'    seen_by_a_test = models.BooleanField(null=True, db_comment="a test\'s")\n'
CHANGES = {
    "tips/models/tip.py": (b"    objects: ", SEEN + b"    objects: "),
    "tips/migrations/0003_seen.py": (b"", MIGRATION.encode()),
    "deploy/systemd/kts-counting.timer": (b"", b"[Timer]\nOnBootSec=30s\n"),
    "deploy/postgresql/know-the-signs.conf": (b"# Nobody", b"work_mem = 5MB\n# Nobody"),
}

PRESS = b'return _page(request, "press", "campaign/page.html")'
BROKEN = {"campaign/views.py": (PRESS, b"raise RuntimeError")}


@pytest.fixture(scope="session")
def next_release(workshop: Workshop, released: Path, tmp_path_factory) -> Path:
    """With one column more, which the old release knows nothing of, and one timer."""
    return changed(released, CHANGES, tmp_path_factory.mktemp("next"), workshop.key)


@pytest.fixture(scope="session")
def broken_release(workshop: Workshop, released: Path, tmp_path_factory) -> Path:
    """The same, with one page that is an error."""
    changes = CHANGES | BROKEN
    return changed(released, changes, tmp_path_factory.mktemp("broken"), workshop.key)


@pytest.fixture
def machine(tmp_path: Path, workshop: Workshop, released: Path) -> Iterator[Server]:
    """0.9.0 serves."""
    tmp_path.chmod(0o755)
    with owner(os.environ["DATABASE_URL"]) as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    there = Server(tmp_path, os.environ["DATABASE_URL"], workshop, released)
    yield there
    there.stop()
