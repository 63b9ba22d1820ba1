"""The migrations of an upgrade, run while the release before serves."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from tips.database import expanding
from tips.database.patience import LOCK_LIMIT, patiently


class Command(BaseCommand):
    """Called by ./run upgrade as the owner; ./run check has it judge alone."""

    help = "Migrates one by one, each waiting a second for a lock and trying again."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--judge", action="store_true", help="say what may not, run nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for a migration that does more than add, before any is run."""
        if refusals := expanding.refusals():
            raise CommandError("\n".join(refusals))
        if options["judge"]:
            return
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        for migration, _backwards in plan:
            self._migrate(migration.app_label, migration.name)

    def _migrate(self, app: str, name: str) -> None:
        try:
            attempt = patiently(lambda: self._try(app, name))
        except OperationalError as error:
            raise CommandError(f"{app}.{name}: {str(error).strip()}") from error
        self.stdout.write(f"{app}.{name}, at the {attempt}. try")

    def _try(self, app: str, name: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_LIMIT}'")
        try:
            call_command("migrate", app, name, verbosity=0, interactive=False)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
