"""Everything was deleted at noon: the database as it was a moment before."""

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg2
import pytest

from slu_antitrafficking.start.options import ROOT
from tests.attacks import store
from tests.operations import own_housekeeping
from tests.operations.console import both, converse
from tests.operations.desk_walk import told_by_citizen
from tests.running import CHEAP_WORDS, RunningSite, until

SCRIPT = ROOT / "deploy" / "postgresql" / "archive-wal"


def superuser(site: RunningSite, *statements: str) -> object:
    """The first value of the last one's answer."""
    connection = psycopg2.connect(site.superuser_url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None
    finally:
        connection.close()


@pytest.fixture(scope="module")
def archiving() -> Iterator[RunningSite]:
    """A site whose PostgreSQL archives its log as a server's does."""
    site = RunningSite(**CHEAP_WORDS).start()
    spool, script = site.folder / "spool", site.folder / "archive-wal"
    (spool / "wal").mkdir(parents=True)
    shutil.copy(SCRIPT, script)
    recipient = site.folder / "recipient"
    recipient.write_text(site.run("manage", "backup_recipient")[1].splitlines()[-1] + "\n")
    data = (site.var / "postgres" / "data").stat()
    for path in (spool, spool / "wal"):
        os.chown(path, data.st_uid, data.st_gid)
    superuser(
        site,
        "ALTER SYSTEM SET archive_mode = 'on'",
        "ALTER SYSTEM SET archive_timeout = '60'",
        f"ALTER SYSTEM SET archive_command = '{script} %p %f {spool}/wal {recipient}'",
    )
    site.environment |= {
        "BACKUP_FOLDER": str(spool),
        "BACKUP_RECIPIENT_FILE": str(recipient),
    }
    site.restart()
    yield site
    site.throw_away()


@pytest.fixture(scope="module")
def base(archiving: RunningSite) -> Path:
    """Its first backup brings a base backup along."""
    told_by_citizen(archiving)
    code, said = archiving.run("backup", DATABASE_URL=archiving.superuser_url)
    assert code == 0, said
    (path,) = (archiving.folder / "spool" / "dumps").glob("*.base.age")
    # The next one within a week does not.
    assert archiving.run("backup", DATABASE_URL=archiving.superuser_url)[0] == 0
    assert [path] == list((archiving.folder / "spool" / "dumps").glob("*.base.age"))
    return path


def references(site: RunningSite) -> list[str]:
    return sorted(row["reference"] for row in store.rows(site, "SELECT reference FROM tips_tip"))


def archived(site: RunningSite) -> list[Path]:
    return sorted((site.folder / "spool" / "wal").glob("*.wal.age"))


def switch(site: RunningSite) -> None:
    """What was written so far is archived when this returns."""
    # With nothing written since the last switch PostgreSQL would go on in the same segment.
    point = "SELECT pg_create_restore_point('switch')"
    name = superuser(site, point, "SELECT pg_walfile_name(pg_switch_wal())")
    until(lambda: any(path.name.startswith(str(name)) for path in archived(site)), 60, "a segment")


def test_all_that_there_was_a_moment_before_is_back(
    archiving: RunningSite, base: Path, elsewhere: Callable[[], RunningSite]
) -> None:
    told_by_citizen(archiving)
    told = references(archiving)
    assert len(told) == 2
    moment = superuser(archiving, "SELECT clock_timestamp()::text")
    superuser(archiving, "SET session_replication_role = replica", "TRUNCATE tips_tip CASCADE")
    switch(archiving)
    assert references(archiving) == []
    site = elsewhere()
    sheets = (archiving.first["recovery-1"][0], archiving.first["recovery-2"][0])
    log = str(archiving.folder / "spool" / "wal")
    command = ["./run", "restore", str(base), "--log", log, "--until"]
    late = converse([*command, "2099-01-01T00:00"], site.environment, both(*sheets))
    assert (late[0], "log ends before that moment" in late[1]) == (1, True), late[1]
    answers = [*both(*sheets), ("Who has left since", "")]
    code, screen = converse([*command, str(moment)], site.environment, answers, 240)
    assert code == 0, screen
    assert references(site.start()) == told
    assert list(site.temporary.iterdir()) == []


def log_of_both(archiving: RunningSite, other: RunningSite, folder: Path) -> Path:
    """A folder to which two servers pushed; of each segment the other's comes first by its name."""
    log, sealed = folder / "log", folder / "other"
    for path in (log, sealed):
        path.mkdir()
    for file in archived(archiving):
        shutil.copy(file, log)
    names = {file.name[:24] for file in archived(archiving)}
    name, point = "", "SELECT pg_create_restore_point('switch')"
    while name < max(names):
        name = str(superuser(other, point, "SELECT pg_walfile_name(pg_switch_wal())"))
        if name in names:
            segment = other.var / "postgres" / "data" / "pg_wal" / name
            assert archive(segment, sealed, archiving.folder / "recipient", name) == 0
    for file in sealed.iterdir():
        file.rename(log / f"{file.name[:24]}-{'0' * 16}.wal.age")
    return log


def test_of_two_servers_logs_in_one_folder_the_base_backup_s_own_is_taken(
    archiving: RunningSite, base: Path, elsewhere: Callable[[], RunningSite], tmp_path: Path
) -> None:
    """As where a restored server pushes to the folder of the lost one; and what is cut is named."""
    told, before = references(archiving), archived(archiving)
    moment = superuser(archiving, "SELECT clock_timestamp()::text")
    told_by_citizen(archiving)
    switch(archiving)
    site = elsewhere().start()
    log = log_of_both(archiving, site, tmp_path)
    site.stop()
    whole = {path: (log / path.name).read_bytes() for path in {*archived(archiving)} - {*before}}
    for path, content in whole.items():
        (log / path.name).write_bytes(content[:-1000])
    sheets = (archiving.first["recovery-1"][0], archiving.first["recovery-2"][0])
    command = ["./run", "restore", str(base), "--replace", "--log", str(log), "--until"]
    command.append(str(moment))
    code, screen = converse(command, site.environment, both(*sheets))
    assert (code, "log ends before that moment" in screen) == (1, True), screen
    assert all(f"Left out: {log / path.name} is cut or damaged" in screen for path in whole), screen
    assert re.search(r"Left out: [1-9]\d* files of another server's log", screen), screen
    # The one that was cut was sent again.
    for path, content in whole.items():
        again = path.name.replace(".wal.age", ".again-0a1b.wal.age")
        (log / again).write_bytes(content)
    answers = [*both(*sheets), ("Who has left since", "")]
    code, screen = converse(command, site.environment, answers, 240)
    assert code == 0, screen
    assert references(site.start()) == told


# Run by PostgreSQL's superuser for whoever logs in, as a trigger of a forged base backup would be.
BURGLAR = """
CREATE FUNCTION burgle() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('application_name') IN ('psql', 'pg_dump') THEN
    CREATE TEMPORARY TABLE seen (line text);
    COPY seen FROM PROGRAM '{{ id -u; cat {secrets}; ls /proc; touch {mark}; }} 2>&1; true';
    INSERT INTO public.django_content_type (app_label, model)
      SELECT 'seen', right(line, 90) FROM seen;
  END IF;
END $$;
CREATE EVENT TRIGGER burgle ON login EXECUTE FUNCTION burgle();
ALTER EVENT TRIGGER burgle ENABLE ALWAYS;
"""


def test_a_base_backup_s_own_code_runs_behind_walls_and_stays_there(
    archiving: RunningSite, base: Path, elsewhere: Callable[[], RunningSite]
) -> None:
    site = elsewhere()
    mark = Path("/tmp") / f"burgled-{uuid4()}"
    secrets = archiving.var / "secrets.json"
    superuser(archiving, BURGLAR.format(secrets=secrets, mark=mark))
    # What the server that restores is told by these would be the burglar's, too.
    superuser(archiving, f"ALTER SYSTEM SET recovery_end_command = 'touch {mark}'")
    moment = superuser(archiving, "SELECT clock_timestamp()::text")
    superuser(archiving, "DROP EVENT TRIGGER burgle", "ALTER SYSTEM RESET recovery_end_command")
    switch(archiving)
    sheets = (archiving.first["recovery-1"][0], archiving.first["recovery-2"][0])
    log = str(archiving.folder / "spool" / "wal")
    command = ["./run", "restore", str(base), "--log", log, "--until", str(moment)]
    answers = [*both(*sheets), ("Who has left since", "")]
    code, screen = converse(command, site.environment, answers, 240)
    assert code == 0, screen
    assert not mark.exists()
    site.start()
    seen = store.rows(site, "SELECT model FROM django_content_type WHERE app_label = 'seen'")
    user, *others = [str(row["model"]) for row in seen]
    assert int(user) == os.geteuid() or int(user) not in {one.pw_uid for one in pwd.getpwall()}
    assert int(user) != 0
    assert len(others) == 2
    assert all("No such file or directory" in line for line in others)
    assert store.rows(site, "SELECT FROM pg_proc WHERE proname = 'burgle'") == []


def test_a_quiet_minute_looks_like_a_busy_one(archiving: RunningSite, base: Path) -> None:
    with own_housekeeping.waits(archiving):  # at the full hour it begins a segment, too
        switch(archiving)
        before = set(archived(archiving))
        switch(archiving)
        (quiet,) = set(archived(archiving)) - before
        before.add(quiet)
        told_by_citizen(archiving)
        switch(archiving)
        (busy,) = set(archived(archiving)) - before
    assert quiet.stat().st_size == busy.stat().st_size
    for path in (quiet, busy):
        assert path.stat().st_mtime % 3600 == 0
        assert re.fullmatch(r"[0-9A-F]{24}-[0-9a-f]{16}\.wal\.age", path.name)


def archive(segment: Path, spool: Path, recipient: Path, name: str = "0" * 24) -> int:
    arguments = [SCRIPT, segment, name, spool, recipient]
    return subprocess.run(arguments, capture_output=True, check=False).returncode


def test_one_segment_is_archived_once_and_another_never_over_it(
    archiving: RunningSite, tmp_path: Path
) -> None:
    recipient, segment, spool = archiving.folder / "recipient", tmp_path / "a", tmp_path / "spool"
    spool.mkdir()
    segment.write_bytes(os.urandom(100_000))
    assert archive(segment, spool, recipient) == 0
    (path,) = spool.iterdir()
    sealed = path.read_bytes()
    assert archive(segment, spool, recipient) == 0
    segment.write_bytes(os.urandom(100_000))
    assert archive(segment, spool, recipient) == 1
    assert [path.name] == [one.name for one in spool.iterdir()]
    assert path.read_bytes() == sealed


@pytest.mark.parametrize("program", ["gzip", "dd", "age"])
def test_what_breaks_on_the_way_archives_nothing(
    archiving: RunningSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    recipient, segment, spool = archiving.folder / "recipient", tmp_path / "a", tmp_path / "spool"
    spool.mkdir()
    segment.write_bytes(os.urandom(100_000))
    real = shutil.which(program)
    fake = tmp_path / "bin" / program
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\n{real} "$@"; exit 1\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    assert archive(segment, spool, recipient) == 1
    assert list(spool.glob("*.age")) == []
