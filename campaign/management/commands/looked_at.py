"""manage.py looked_at LANGUAGE: notes that translations fit today's English."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from campaign import release


class Command(BaseCommand):
    """For whoever writes a release: the translations of this language fit today's English."""

    help = (
        "Notes, in content/LANGUAGE/looked-at.json, which English each translation was made from."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Takes one language, other than English."""
        parser.add_argument("language", choices=[code for code in release.STATES if code != "en"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Names what it noted anew: read those once more before you commit."""
        for name in release.look_at(options["language"]):
            self.stdout.write(name)
