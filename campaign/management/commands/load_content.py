"""manage.py load_content: brings the release's content into the database."""

from typing import Any

from django.core.management.base import BaseCommand

from campaign.loading import load


class Command(BaseCommand):
    """Runs at every start; safe to run at any time."""

    help = "Add the release's missing content and update what no person has edited."

    def handle(self, *args: Any, **options: Any) -> None:
        """Loads the content, and says in one line what changed."""
        done = load()
        self.stdout.write(
            f"content: {done['added']} added, {done['updated']} updated,"
            f" {done['kept']} kept as edited, {done['same']} unchanged"
        )
