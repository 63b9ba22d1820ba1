"""Somebody who had a copy of the database forges a backup: its rows may come back, its code never.

What the code would find where it is run, it writes into rows, and those tell.
"""

import os
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from slu_antitrafficking.operations import sealed_files
from slu_antitrafficking.operations.backup import DUMP
from slu_antitrafficking.operations.postgres_access import PostgresAccess, access_to
from tests.attacks import store
from tests.operations.desk_walk import told_by_citizen
from tests.operations.restoring import NEW, restore, sheets_of
from tests.running import RunningSite
from tips.crypto import backup_keys, recovery_sheets

# Called while rows are loaded, wherever that is: a table has a check that does.
FOUND = "SELECT string_agg(datname, ' ') FROM pg_database"
TRAPS = f"""
CREATE TABLE stray (said text);
CREATE FUNCTION trap() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE superuser text; databases text;
BEGIN
  SELECT rolsuper OR rolcreaterole INTO superuser FROM pg_roles WHERE rolname = current_user;
  databases := ({FOUND});
  IF current_setting('application_name') = 'pg_restore' THEN
    INSERT INTO public.django_content_type (id, app_label, model)
      VALUES (990 + random() * 1000000, superuser, left(databases, 100));
  END IF;
  RETURN true;
END $$;
CREATE FUNCTION trap_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM public.trap(); RETURN NEW; END $$;
CREATE TRIGGER trap BEFORE INSERT OR UPDATE ON tips_officer
  FOR EACH ROW EXECUTE FUNCTION trap_row();
CREATE TRIGGER trap BEFORE INSERT OR UPDATE ON tips_event
  FOR EACH ROW EXECUTE FUNCTION trap_row();
CREATE RULE trap AS ON UPDATE TO tips_upkeep DO ALSO SELECT public.trap();
CREATE FUNCTION joined(name, name) RETURNS text LANGUAGE sql AS
  'SELECT public.trap()::text || $1::text';
CREATE OPERATOR || (LEFTARG = name, RIGHTARG = name, FUNCTION = joined);
ALTER TABLE tips_officer ALTER COLUMN email SET DEFAULT trap()::text;
ALTER TABLE tips_deskkey ADD CONSTRAINT trap CHECK (trap());
CREATE SCHEMA before_restore;
"""
CODE = """
SELECT 'function ' || oid::regprocedure::text AS what FROM pg_proc
  WHERE pronamespace = 'public'::regnamespace
UNION SELECT 'trigger ' || tgname || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal
UNION SELECT 'rule ' || rulename || ev_class::regclass FROM pg_rewrite r
  JOIN pg_class c ON c.oid = ev_class WHERE relnamespace = 'public'::regnamespace
UNION SELECT 'operator ' || oprname FROM pg_operator
  WHERE oprnamespace = 'public'::regnamespace
UNION SELECT 'default ' || adrelid::regclass || pg_get_expr(adbin, adrelid) FROM pg_attrdef
UNION SELECT 'check ' || conname FROM pg_constraint WHERE contype = 'c'
UNION SELECT 'relation ' || relname FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind <> 'i'
UNION SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_'
ORDER BY what
"""


@pytest.fixture
def forged(lost: RunningSite, backup: Path, tmp_path: Path) -> Path:
    """The true backup with traps in it, sealed to the same sheets."""
    suite = os.environ["DATABASE_URL"]
    owner = psycopg2.extensions.parse_dsn(suite)
    secret = recovery_sheets.join(*sheets_of(lost))
    with closing(psycopg2.connect(**owner)) as connection:
        connection.autocommit = True
        connection.cursor().execute("CREATE DATABASE forged_here")
        access = access_to(suite.replace(f"/{owner['dbname']}?", "/forged_here?"))
        restored(access, backup, backup_keys.identity(secret))
        access.ask(TRAPS)
        path = tmp_path / "forged.dump.age"
        recipient = lost.run("manage", "backup_recipient")[1].strip()
        sealed_files.seal([access.command("pg_dump", *DUMP)], access.environment, recipient, path)
        connection.cursor().execute("DROP DATABASE forged_here")
    return path


def restored(access: PostgresAccess, backup: Path, identity: str) -> None:
    with sealed_files.opened(backup, identity) as clear:
        options = ("--no-owner", "--no-privileges", "--exit-on-error", "--dbname=forged_here")
        command = access.command("pg_restore", *options)
        subprocess.run(command, env=access.environment, stdin=clear, check=True)


def test_of_a_dump_rows_alone_come_back(lost: RunningSite, forged: Path, elsewhere: NEW) -> None:
    site = elsewhere().start()
    told_by_citizen(site)
    ours = store.rows(site, CODE)
    site.stop()
    code, screen = restore(site, forged, sheets_of(lost), "", arguments=("--replace",))
    assert code == 0, screen
    assert "Left out, for no release has such a table: 'stray'" in screen
    site.start()
    assert store.rows(site, CODE) == ours
    assert store.rows(site, "SELECT count(*) AS tips FROM tips_tip") == [{"tips": 2001}]
    assert store.rows(site, "SELECT FROM django_content_type WHERE id >= 990") == []
