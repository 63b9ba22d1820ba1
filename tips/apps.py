"""What is set up when the app is loaded, and after every migration."""

from typing import Any

from django.apps import AppConfig
from django.core.management.base import CommandError
from django.db import connections, transaction
from django.db.models.signals import post_migrate

from slu_antitrafficking import roles
from tips.database import rights

BY_THE_SUPERUSER = (
    "As root: cd /opt/know-the-signs/current; runuser -u postgres -- .venv/bin/python"
    " -m slu_antitrafficking.operations.superuser"
)


def apply_roles(using: str, **kwargs: Any) -> None:
    """After every migrate: the functions, the roles and their rights, as the code has them now.

    Raises CommandError where roles are missing that only the superuser makes.
    """
    with transaction.atomic(using), connections[using].cursor() as cursor:
        if roles.may_make_roles(cursor):
            roles.make_roles(cursor)
        elif lacking := roles.missing(cursor):
            raise CommandError(f"{', '.join(lacking)}: no such role. {BY_THE_SUPERUSER}")
        rights.apply_grants(cursor)


class TipsConfig(AppConfig):
    """The app of tips and of the desk that works on them."""

    name = "tips"

    def ready(self) -> None:
        """Registers the checks, and the rights of the database's roles."""
        from tips import checks  # noqa: F401

        post_migrate.connect(apply_roles, sender=self)
