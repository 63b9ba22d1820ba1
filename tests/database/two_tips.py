"""Two tips side by side: the ids of both, a message to the one, and a moment long past."""

from datetime import timedelta

from django.utils import timezone

from tips.models import Tip

OTHER_ID = "6f0e0b4e-4a3b-4c3e-9d57-0a4c3a2b1c0f"
LOOKUP, OTHER_LOOKUP = bytes(32), b"o" * 32
LONG_AGO = timezone.now() - timedelta(days=3)


def number(n: int) -> dict[str, object]:
    """A message of its own, by its number."""
    return {"p_id": f"{OTHER_ID[:-2]}{n:02x}", "p_content_digest": bytes([n]) * 32}


def stands(tip: Tip, **columns: object) -> None:
    Tip.objects.filter(pk=tip.pk).update(**columns)
