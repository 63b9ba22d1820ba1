"""Escrowed codes whose half hour is over, and sessions that are."""

from django.db.models import Q
from django.utils import timezone

from tips.models import DeskSession, EscrowedCode


def clear() -> None:
    """Deletes them. What they held leaves the disk with the next rewriting."""
    now = timezone.now()
    EscrowedCode.objects.filter(box_until__lte=now).delete()
    over = Q(expire_date__lte=now) | Q(started_at__lte=now - DeskSession.LONGEST)
    DeskSession.objects.filter(over).delete()
