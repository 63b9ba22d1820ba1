"""What the starter does as PostgreSQL's superuser runs nothing that the owner made."""

from slu_antitrafficking.operations import scratch
from slu_antitrafficking.start.postgres.database import Embedded, owner
from slu_antitrafficking.start.processes import Log
from slu_antitrafficking.start.state import State

# What a start reads, made to look like it, with a function that notes as whom it was called.
TRAPS = """
CREATE TABLE called (superuser text);
CREATE FUNCTION called() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.called VALUES (current_setting('is_superuser'));
  RETURN 'tips';
END $$;
CREATE VIEW django_migrations AS SELECT called() AS app, '0001_first_release'::text AS name;
CREATE FUNCTION joined(name, name) RETURNS text LANGUAGE sql AS
  'SELECT public.called() || $1::text';
CREATE OPERATOR || (LEFTARG = name, RIGHTARG = name, FUNCTION = joined);
CREATE FUNCTION same(name, text) RETURNS boolean LANGUAGE sql AS
  'SELECT public.called() || $1::text = ''tips'' || $2';
CREATE OPERATOR = (LEFTARG = name, RIGHTARG = text, FUNCTION = same);
"""


def started(state: State) -> Embedded:
    made = Embedded(state, Log(state.log / "postgresql.log"), durable=False)
    made.start()
    return made


def test_a_start_asks_the_owner_s_tables_as_the_owner() -> None:
    with scratch.store() as state:
        first = started(state)
        try:
            with owner(first.owner_url) as cursor:
                cursor.execute(TRAPS)
        finally:
            first.stop()
        again = started(state)
        try:
            again.admit_doors()
            with owner(again.owner_url) as cursor:
                cursor.execute("SELECT DISTINCT superuser FROM called")
                assert cursor.fetchall() == [("off",)]
        finally:
            again.stop()
