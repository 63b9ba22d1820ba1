"""What /desk/tips/tip/find/ answers, for the tests about it."""

import re
from html import unescape

from django.test import Client

from tests.admin.desk import (
    QUEUE,
)

FIND = f"{QUEUE}find/"


def found(client: Client, typed: str, **more: str) -> dict[str, str]:
    """Where each tip has it, by reference."""
    page = said(client, typed, **more)
    rows = re.findall(
        r'<span class="ref">([^<]+)</span>.*?<td class="found-in">([^<]*)</td>', page, re.DOTALL
    )
    return {reference: unescape(where) for reference, where in rows}


def said(client: Client, typed: str, **more: str) -> str:
    answer = client.post(FIND, {"terms": typed, **more}, follow=True)
    assert answer.status_code == 200
    return unescape(answer.content.decode())
