"""Which migrations may run while the release before serves, and how they wait for their turn."""

import threading
from collections.abc import Iterator
from contextlib import closing
from io import StringIO

import psycopg2
import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import post_migrate

from tips.apps import apply_roles
from tips.database import expanding, patience, rights
from tips.management.commands import expand

TEXT = models.TextField(null=True)
CHECK = models.CheckConstraint(condition=models.Q(count__gte=0), name="count_is_no_debt")
MAY = (
    migrations.AddField("tip", "more", TEXT),
    migrations.AddField("tip", "more", models.IntegerField(db_default=0)),
    migrations.CreateModel("More", [("id", models.BigAutoField(primary_key=True))]),
    AddIndexConcurrently("tip", models.Index(fields=["district"], name="more")),
    AddConstraintNotValid("event", CHECK),
    migrations.RunSQL("ALTER TABLE tips_tip ALTER more SET STATISTICS 0;"),
)
MAY_NOT = (
    migrations.AddField("tip", "more", models.IntegerField(default=0)),
    migrations.AddField("tip", "more", models.TextField(null=True, db_index=True)),
    migrations.AddIndex("tip", models.Index(fields=["district"], name="more")),
    migrations.AddConstraint("event", CHECK),
    migrations.RemoveField("tip", "district"),
    migrations.RenameField("tip", "district", "place"),
    migrations.DeleteModel("Alarm"),
    migrations.AlterField("tip", "district", models.TextField()),
    migrations.RunSQL("DROP TABLE tips_alarm"),
    migrations.RunSQL(
        "ALTER TABLE tips_tip ALTER COLUMN a SET STATISTICS 0; DROP TABLE tips_alarm"
    ),
    migrations.RunPython(migrations.RunPython.noop),
)


def judged(operation: migrations.operations.base.Operation) -> list[str]:
    migration = migrations.Migration("0099_next", "tips")
    migration.operations = [operation]
    loader = MigrationLoader(None)
    return list(expanding.judged(migration, loader.project_state(loader.graph.leaf_nodes())))


@pytest.mark.parametrize("operation", MAY, ids=lambda one: one.describe())
def test_what_adds_may_run_while_tips_arrive(operation) -> None:
    assert judged(operation) == []


@pytest.mark.parametrize("operation", MAY_NOT, ids=lambda one: one.describe())
def test_what_takes_away_or_locks_may_not(operation) -> None:
    (why,) = judged(operation)
    assert "it does more than add" in why


def test_a_choice_more_changes_nothing_in_the_database() -> None:
    loader = MigrationLoader(None)
    state = loader.project_state(loader.graph.leaf_nodes())
    field = state.models["tips", "tip"].fields["district"].clone()
    field.choices = [*field.choices, ("new", "New")]
    assert judged(migrations.AlterField("tip", "district", field)) == []


def test_those_of_this_release_may_all() -> None:
    assert expanding.refusals() == []


@pytest.mark.django_db(transaction=True)
def test_whoever_reads_a_table_is_waited_for_a_second_at_a_time(monkeypatch) -> None:
    """One more migration whose table somebody holds: it is tried again, and then goes through."""
    monkeypatch.setattr(patience, "PAUSE", 0.1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = '0002_storage'")
    reader = psycopg2.connect(**connection.get_connection_params())
    reader.cursor().execute("SELECT 1 FROM tips_photo LIMIT 1")
    late = threading.Timer(60, reader.close)  # for whoever waits without a limit
    late.start()
    one_try, tries = expand.Command._try, []

    def third_time_free(*what: str) -> None:
        tries.append(what)
        if len(tries) == 3:
            reader.rollback()
        one_try(*what)

    monkeypatch.setattr(expand.Command, "_try", third_time_free)
    said = StringIO()
    call_command("expand", stdout=said)
    late.cancel()
    reader.close()
    assert "at the 3. try" in said.getvalue()
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


@pytest.fixture
def with_rights() -> Iterator[None]:
    """A migration ends with them, as outside of this suite."""
    post_migrate.connect(apply_roles, sender=apps.get_app_config("tips"))
    yield
    post_migrate.disconnect(apply_roles, sender=apps.get_app_config("tips"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("with_rights")
def test_functions_and_rights_are_set_once_nobody_is_at_the_trail(monkeypatch) -> None:
    """Whoever sends a tip would wait behind them."""
    monkeypatch.setattr(patience, "PAUSE", 0.1)
    apply, tries = rights.apply_grants, []
    with closing(psycopg2.connect(**connection.get_connection_params())) as writer:
        writer.cursor().execute("LOCK TABLE tips_event IN ROW EXCLUSIVE MODE")

        def second_time_free(cursor: object) -> None:
            tries.append(cursor)
            if len(tries) == 2:
                writer.rollback()
            apply(cursor)

        monkeypatch.setattr(rights, "apply_grants", second_time_free)
        call_command("prepare", stdout=StringIO())
    assert len(tries) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "times"), [("LOCK TABLE tips_event", 2), ("SELECT pg_sleep(60)", 1)]
)
def test_a_lock_is_asked_for_so_often_and_what_is_none_once(monkeypatch, statement, times) -> None:
    monkeypatch.setattr(patience, "TRIES", 2)
    monkeypatch.setattr(patience, "PAUSE", 0)
    tries = []

    def act() -> None:
        tries.append(statement)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10ms'; SET LOCAL statement_timeout = '50ms'")
            cursor.execute(statement)

    with closing(psycopg2.connect(**connection.get_connection_params())) as writer:
        writer.cursor().execute("LOCK TABLE tips_event IN ROW EXCLUSIVE MODE")
        with pytest.raises(OperationalError):
            patience.patiently(act)
    assert len(tries) == times


@pytest.mark.django_db
def test_the_command_refuses_before_it_runs_any(monkeypatch) -> None:
    monkeypatch.setattr(expanding, "FIRST_RELEASE", {"tips": "0000"})
    with pytest.raises(CommandError, match="more than add"):
        call_command("expand")
