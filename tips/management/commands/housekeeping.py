"""What time takes away."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tips.models import DeskKey, DeskSession, Tip


class Command(BaseCommand):
    """Run by the starter every minute as the owner."""

    help = "Empties boxes whose half hour is over, deletes dead sessions, retires old desk keys."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many of each."""
        now = timezone.now()
        boxes = Tip.objects.filter(box_until__lte=now).update(box=None, box_until=None)
        longest = now - DeskSession.LONGEST
        dead = DeskSession.objects.filter(expire_date__lte=now) | DeskSession.objects.filter(
            started_at__lte=longest
        )
        sessions, _ = dead.delete()
        active = DeskKey.objects.active().first()
        if active:
            # Nobody seals to it any more: whoever knows an older key learns nothing new.
            older = DeskKey.objects.filter(retired_at=None, created_at__lt=active.created_at)
            older.exclude(proven_at=None).update(retired_at=now)
        self.stdout.write(f"{boxes} boxes emptied, {sessions} sessions deleted")
