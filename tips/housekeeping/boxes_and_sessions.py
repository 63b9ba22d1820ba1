"""Escrowed codes whose half hour is over, and sessions that are."""

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from tips.models import DeskSession, EscrowedCode


def clear() -> None:
    """Deletes them. What they held leaves the disk with the next rewriting."""
    now = timezone.now()
    EscrowedCode.objects.filter(box_until__lte=now).delete()
    over = Q(expire_date__lte=now) | Q(started_at__lte=now - DeskSession.LONGEST)
    DeskSession.objects.filter(over).delete()


def look_up_nothing() -> None:
    """PostgreSQL notes when an index was last used: used every minute, it tells of no citizen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.receipt_kept(p_lookup_id => ''::bytea)")
