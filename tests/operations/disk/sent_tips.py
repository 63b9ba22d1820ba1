"""Tips and messages that come to the running site, and their rows as they lie there."""

import re

import psycopg2

from tests.attacks import store
from tests.attacks.visitor import Visitor
from tests.running import RunningSite
from tips.crypto import receipts


def send_tip(site: RunningSite, **fields: str) -> str:
    """The code of the tip's receipt."""
    key = receipts.new_idempotency_key()
    page = Visitor().send(f"{site.url}/report/", submission=key, **fields).page
    code = re.search(r'<output id="receipt-code"[^>]*>([0-9A-Z-]{20})<', page)
    assert code
    return code[1]


def add(site: RunningSite, code: str) -> None:
    answer = Visitor().send(f"{site.url}/follow-up/", code=code, message="And more.")
    assert "Received." in answer.page


def send_tips(site: RunningSite) -> list[store.Row]:
    """Tips that come just now, one of them with a message; the rows as they lie there."""
    others = [str(row["id"]) for row in store.rows(site, "SELECT id FROM tips_tip")]
    for number in range(12):
        code = send_tip(site, what_happened=f"They keep {number} passports.")
    add(site, code)
    rows = store.rows(
        site,
        "SELECT t.*, b.box FROM tips_tip t JOIN tips_box b ON b.tip_id = t.id"
        " WHERE t.id::text <> ALL (%s) ORDER BY t.id",
        others,
    )
    assert len(rows) == 12
    return rows


def messages_by_long_values(site: RunningSite) -> list[str]:
    """Messages in the order in which PostgreSQL numbered the words that it keeps elsewhere."""
    connection = psycopg2.connect(site.superuser_url)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltoastrelid::regclass::text FROM pg_class WHERE relname = 'tips_message'"
        )
        (elsewhere,) = cursor.fetchone()
        cursor.execute(
            f"SELECT m.id FROM {elsewhere} t JOIN tips_message m"
            " ON substr(m.sealed, 1, 90) = substr(t.chunk_data, 1, 90)"
            " WHERE t.chunk_seq = 0 ORDER BY t.chunk_id"
        )
        found = [str(row) for (row,) in cursor.fetchall()]
    connection.close()
    return found


def add_long_messages(site: RunningSite) -> list[str]:
    """Messages too long for their rows, in the order in which PostgreSQL numbered their words."""
    code = send_tip(site, what_happened="Long.")
    already = set(messages_by_long_values(site))
    for number in range(12):
        message = f"{number} " + "They came in the night. " * 400
        page = Visitor().send(f"{site.url}/follow-up/", code=code, message=message).page
        assert "Received." in page
    return [row for row in messages_by_long_values(site) if row not in already]
