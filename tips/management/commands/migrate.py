"""Django's own, for databases of this line of releases alone."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from slu_antitrafficking import known_migrations


class Command(migrate.Command):
    """Another version's tables would be taken for ours, or half of ours made beside them."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when another version made the store, before anything is written."""
        with connections[options["database"]].cursor() as cursor:
            if not known_migrations.are_all(cursor):
                raise CommandError(known_migrations.ANOTHER_VERSION)
        super().handle(*args, **options)
