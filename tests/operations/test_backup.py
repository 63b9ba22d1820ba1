"""What a backup is, what a thief finds in one, and when there is none."""

import base64
import json
import os
import subprocess
from pathlib import Path

import pytest

from slu_antitrafficking.operations import backup as backup_command
from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.postgres import programs
from slu_antitrafficking.start.postgres.data_folder import DataFolder
from tests.operations.desk_walk import ANSWER, NAME, NUMBER, WORDS, Told
from tests.operations.exchanged import folder_with
from tests.running import RunningSite
from tips.crypto import backup_keys, recovery_sheets


def disguises(word: str) -> list[bytes]:
    """How a word may stand in a file; of base64 what does not hang on what comes next."""
    plain = word.encode()
    wide = [word.encode("utf-16-le"), word.encode("utf-16-be")]
    return [plain, plain.hex().encode(), base64.b64encode(plain)[: len(plain) * 4 // 3], *wide]


def opened(site: RunningSite, backup: Path, folder: Path) -> bytes:
    """With two sheets and nothing but `age` and `pg_restore`: the dump as a script."""
    secret = recovery_sheets.join(site.first["recovery-2"][0], site.first["recovery-3"][0])
    key, dump = folder / "key", folder / "dump"
    key.write_text(backup_keys.identity(secret))
    subprocess.run(["age", "-d", "-i", key, "-o", dump, backup], check=True)
    pg_restore = programs.find(DataFolder(Path("/nowhere"))).folder / "pg_restore"
    return subprocess.run([pg_restore, "-f-", dump], capture_output=True, check=True).stdout


def test_a_stolen_backup_shows_no_word_name_reference_or_number(
    lost: RunningSite, backup: Path, told: Told, tmp_path: Path
) -> None:
    sealed = backup.read_bytes()
    secrets = [WORDS, NAME, NUMBER, ANSWER, told.code, told.code.replace("-", ""), told.reference]
    people = ["supervisor", "worker", "leaver", told.officer.words, told.officer.totp]
    for word in (*secrets, *people, "tips_tip"):
        assert not [form for form in disguises(word) if form in sealed], word
    # The seal is not all: with two sheets clear columns show, and still no word.
    script = opened(lost, backup, tmp_path)
    for word in (told.reference, "tips_tip", "worker"):  # else nothing above proves anything
        assert word.encode() in script
    for word in (WORDS, NAME, NUMBER, ANSWER, told.code, told.officer.words, told.officer.totp):
        assert not [form for form in disguises(word) if form in script], word
    # Nobody's session goes along.
    assert b"CREATE TABLE public.tips_desksession " in script
    assert b"COPY public.tips_desksession " not in script


def test_it_is_named_and_dated_by_the_hour_and_noted(lost: RunningSite, backup: Path) -> None:
    assert backup.stat().st_mtime % 3600 == 0
    assert backup.stat().st_mode & 0o777 == 0o600
    noted = json.loads((lost.var / "backups" / "backup.json").read_text())
    assert noted["dump"]["bytes"] == backup.stat().st_size
    assert noted["dump"]["at"].endswith(":00:00+00:00")


@pytest.mark.parametrize(
    ("program", "script"),
    [
        ("pg_dump", "exit 1"),
        ("pg_dump", '"$REAL/pg_dump" "$@" | head -c 60000; exit 1'),
        ("pg_dump", '"$REAL/pg_dump" "$@" | head -c 60000; kill -9 $$'),
        ("pg_dump", "exit 0"),
        ("age", "exit 1"),
        ("age", "head -c 60000; exit 1"),
        ("age", "head -c 5000"),
    ],
)
def test_whatever_breaks_on_the_way_there_is_no_backup(
    lost: RunningSite, backup: Path, program: str, script: str
) -> None:
    folder = folder_with(lost, program, script)
    before = sorted((lost.var / "backups").rglob("*"))
    noted = (lost.var / "backups" / "backup.json").read_text()
    path = f"{folder}:{os.environ['PATH']}"
    code, said = lost.run("backup", PATH=path, PG_BIN=str(folder))
    assert code == 1, said
    assert " failed: " in said or "cannot be whole" in said
    assert sorted((lost.var / "backups").rglob("*")) == before
    assert (lost.var / "backups" / "backup.json").read_text() == noted


def test_what_a_killed_one_left_goes_a_day_later(lost: RunningSite, backup: Path) -> None:
    folder = lost.var / "backups" / "dumps"
    old, new = folder / ".2026-01-01T00-00000000.dump.age.new", folder / ".at-work.dump.age.new"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    assert lost.run("backup")[0] == 0
    assert (old.exists(), new.exists()) == (False, True)
    new.unlink()


def test_one_of_half_the_size_is_not_counted_and_seven_stay(tmp_path: Path) -> None:
    def made(hour: int, size: int) -> tuple[Path, int]:
        path = tmp_path / "dumps" / f"2026-11-29T{hour:02}-00000000.dump.age"
        path.write_bytes(b"sealed")
        return backup_command.keep(tmp_path, "dump", path, size)

    (tmp_path / "dumps").mkdir()
    for hour in range(9):
        made(hour, 1000)
    names = sorted(path.name[11:13] for path in (tmp_path / "dumps").iterdir())
    assert names == ["02", "03", "04", "05", "06", "07", "08"]
    noted = (tmp_path / "backup.json").read_text()
    with pytest.raises(Problem, match="has 499 bytes, the last one 1,000"):
        made(9, 499)
    assert (tmp_path / "backup.json").read_text() == noted
    assert made(10, 500)
