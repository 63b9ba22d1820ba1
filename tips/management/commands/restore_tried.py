"""That a restore was tried with two sheets."""

from typing import Any

from django.core.management.base import BaseCommand

from tips.models import Event


class Command(BaseCommand):
    """The trial is made on another machine, which this one cannot ask: it takes your word."""

    help = "Notes that ./run restore-drill went well on another machine, for the desk's start page."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """One event; the start page then says when that was."""
        Event.objects.record(Event.Verb.RESTORE_TRIED, by="command")
        self.stdout.write("Noted.")
