"""Every release before this one is upgraded from in one step: a store of each is kept."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from slu_antitrafficking.operations import version
from slu_antitrafficking.start.options import MANAGE, ROOT
from slu_antitrafficking.start.postgres.data_folder import DataFolder
from slu_antitrafficking.start.postgres.programs import find
from tests.operations.keep_store import STORES
from tests.running import CHEAP_WORDS

DATABASE = "know_the_signs_kept"
KEPT = sorted(STORES.glob("*.dump"))
CODE = """
from tips.public import conversation
print(conversation.read({code!r}).reference)
"""
AT_THE_DESK = """
import json
from tips.access.authentication import granted_secrets, unlock
from tips.actions import opening
from tips.crypto.sealing import Keyring
from tips.models import Tip
by = unlock(**{officer!r})
keys = Keyring(granted_secrets(by))
pk = Tip.objects.get(reference={reference!r}).pk
tip = opening.visible_tip(pk=pk, by=by.officer)
opened = opening.open_tip(tip=tip, by=by.officer, keys=keys)
photo = opening.show_photo(tip=tip, by=by.officer, number=1, keys=keys)
print(json.dumps({{
    "told": opened.fields["what_happened"],
    "said": [line.text for line in (*opened.messages, *opened.notes)],
    "photo": photo[:2].hex(),
}}))
"""
WITH_THE_CODE = """
from tips.public import conversation
print(*[entry.text for entry in conversation.read({code!r}).entries if entry.kind == "reply"])
"""
JPEG = "ffd8"


@pytest.fixture(params=KEPT, ids=lambda file: file.stem)
def kept(request) -> Iterator[Path]:
    """In a database of its own."""
    server = psycopg2.connect(os.environ["DATABASE_URL"])
    server.autocommit = True
    server.cursor().execute(f"CREATE DATABASE {DATABASE}")
    programs = find(DataFolder(Path("/nowhere"))).folder
    restore = ["--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={url()}"]
    subprocess.run([programs / "pg_restore", *restore, request.param], check=True)
    yield request.param
    server.cursor().execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    server.close()


def url() -> str:
    head, _, tail = os.environ["DATABASE_URL"].rpartition("/know_the_signs")
    return f"{head}/{DATABASE}{tail}"


def manage(*arguments: str, typed: str = "") -> str:
    done = subprocess.run(
        [*MANAGE, *arguments],
        cwd=ROOT,
        env=os.environ | {"OWNER_DATABASE_URL": url()} | CHEAP_WORDS,
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_a_store_of_this_very_release_is_kept() -> None:
    assert f"{version.of(ROOT).number}.dump" in {file.name for file in KEPT}


def test_it_is_upgraded_in_one_step_and_everything_opens(kept: Path) -> None:
    opens = json.loads(kept.with_suffix(".json").read_text())
    manage("expand")
    manage("prepare")
    manage("canary")
    said = manage("recover", "--dry-run", typed="\n".join([*opens["sheets"], ""]))
    assert str(len(opens["codes"])) in said
    for code, reference in opens["codes"].items():
        assert manage("shell", "-v0", "-c", CODE.format(code=code)).strip() == reference
    worked_on = opens["worked_on"]
    code = worked_on["code"]
    reply = manage("shell", "-v0", "-c", WITH_THE_CODE.format(code=code)).strip()
    assert reply == worked_on["reply"]
    asked = AT_THE_DESK.format(officer=opens["officer"], reference=opens["codes"][code])
    opened = json.loads(manage("shell", "-v0", "-c", asked))
    assert opened == {
        "told": worked_on["told"],
        "said": [worked_on[what] for what in ("message", "reply", "note")],
        "photo": JPEG,
    }
