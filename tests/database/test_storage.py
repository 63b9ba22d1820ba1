"""What PostgreSQL keeps of our columns beside their tables."""

import re

import pytest
from django.db import connection

from tests.cast import Person, send
from tests.database.acting import ask

pytestmark = pytest.mark.django_db
MAIL = {("tips_mail", name) for name in ("recipient", "body", "made_at", "due_at", "sent_at")}
# Minutes of citizens, which are gone from their tables two hours later.
MINUTES = {("tips_box", "box_until"), ("tips_alarm", "since"), ("tips_alarm", "due_at"), *MAIL}
# What else is found by equality alone, or never: a sample of it would outlive every rewriting.
NAMES = {
    ("tips_tip", "reference"),
    ("tips_event", "reference"),
    ("tips_desksession", "session_key"),
    ("tips_desksession", "session_data"),
}
OFFICERS = {"tips_event.at"}
SAMPLED = """
SELECT c.relname::text, a.attname::text
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  AND starts_with(c.relname, 'tips_')
  AND a.attnum > 0 AND NOT a.attisdropped AND (a.attstattarget IS DISTINCT FROM 0)
"""
BYTES = """
SELECT table_name::text, column_name::text FROM information_schema.columns
WHERE table_schema = 'public' AND starts_with(table_name, 'tips_') AND data_type = 'bytea'
"""


def test_no_sealed_or_hashed_column_is_sampled() -> None:
    columns = set(ask(BYTES))
    assert ("tips_tip", "sealed") in columns
    assert not (columns | NAMES | MINUTES) & set(ask(SAMPLED))


def test_an_analysis_keeps_no_sample_of_them(sam: Person) -> None:
    for _ in range(3):
        send()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tips_tip, tips_message, tips_event, tips_box, tips_alarm")
    kept = set(ask("SELECT tablename::text, attname::text FROM pg_stats"))
    assert ("tips_tip", "status") in kept  # else the next line proves nothing
    assert not (set(ask(BYTES)) | NAMES | MINUTES) & kept


OF_CITIZENS = ("tips_tip", "tips_message", "tips_photo", "tips_event", "tips_box", "tips_alarm")
FINE_MOMENT = r"[0-9]{2}:(?!00:00)[0-9]{2}:[0-9]{2}"


def test_an_analysis_keeps_no_moment_finer_than_the_hour_that_a_citizen_made(sam: Person) -> None:
    for _ in range(3):
        send()
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(OF_CITIZENS)}")
    # What a daemon of PostgreSQL's own may have looked at meanwhile, of officers, is not asked.
    columns = ask(
        "SELECT tablename || '.' || attname, concat(histogram_bounds, most_common_vals)"
        f" FROM pg_stats WHERE tablename IN ({', '.join(map(repr, OF_CITIZENS))})"
    )
    assert any(name == "tips_tip.received_at" and bounds for name, bounds in columns)
    fine = {name for name, bounds in columns if re.search(FINE_MOMENT, bounds)}
    assert fine <= OFFICERS, "columns of which citizens write none but hours"
