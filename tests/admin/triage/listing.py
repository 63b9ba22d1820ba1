"""Many tips, and the pages of the lists in which they stand."""

import html
import re
from datetime import UTC, datetime

from django.test import Client

from tests.admin.desk import QUEUE
from tips.models import Tip

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
NUMBERS = iter(range(10_000))


def made_up(**columns: object) -> Tip:
    """A tip that is not written yet, with nothing in it but what the lists go by."""
    usual = {"received_at": NOW, "channel": "web", "for_self": False, "language": "en"}
    usual |= {"urgency": 2, "restricted": False, "status": "new", "turn_since": NOW}
    return Tip(**(usual | {"reference": f"BC-{next(NUMBERS):04}"} | columns))


def many(number: int, **columns: object) -> list[Tip]:
    return Tip.objects.bulk_create([made_up(**columns) for _ in range(number)])


def page_of(client: Client, query: str) -> tuple[list[str], str]:
    """The references of a page, and the query string of the next one."""
    answer = client.get(f"{QUEUE}?{query}")
    assert answer.status_code == 200
    page = answer.content.decode()
    older = re.search(r'href="\?([^"]+)">Next page', page)
    shown = re.findall(r'<span class="ref">([^<]+)</span>', page)
    return shown, html.unescape(older[1]) if older else ""
