"""Many made-up tips at once: rows as real ones leave them, with words that nothing opens."""

import os

from bench.stage import Stage

YEARS = 3
SEALED = 2300  # bytes of a usual tip's envelope
TIPS = """
INSERT INTO tips_tip (
  id, reference, received_at, channel, district, signs, types, danger, under_18, for_self,
  language, urgency, restricted, set_aside, status, outcome, turn_since, turn_until,
  turn_cause, closed_on, held_by, lookup_id, citizen_key, content_digest, page_digest, sealed
)
SELECT gen_random_uuid(),
  substr(letters, n / 200000 + 1, 1) || substr(letters, n / 10000 %% 20 + 1, 1)
    || '-' || lpad((n %% 10000)::text, 4, '0'),
  date_trunc('hour', now() - random() * make_interval(years => %(years)s)), 'web',
  (ARRAY['castries', 'gros-islet', 'vieux-fort', ''])[n %% 4 + 1], ARRAY['papers-held'],
  ARRAY['forced-labour'], (ARRAY['yes', 'no', 'unknown'])[n %% 3 + 1],
  (ARRAY['yes', 'no', ''])[n %% 5 %% 3 + 1], n %% 9 = 0, 'en', n %% 3, n %% 50 = 0,
  (n %% 40 = 0)::int,
  CASE WHEN n > %(open)s THEN 'closed' ELSE (ARRAY['new', 'active', 'asked'])[n %% 3 + 1] END,
  CASE WHEN n > %(open)s THEN 'no_basis' ELSE '' END,
  CASE WHEN n > %(open)s THEN NULL ELSE date_trunc('minute', now()) END,
  CASE WHEN n <= %(open)s AND n %% 3 = 2 THEN current_date + 7 END,
  (ARRAY['came', 'wrote', 'asked'])[n %% 3 + 1],
  CASE WHEN n > %(open)s THEN current_date END, '',
  sha256(('l' || n)::bytea),
  (SELECT string_agg(sha256((n || '.' || part)::bytea), '') FROM generate_series(1, 38) AS part),
  sha256(('s' || n)::bytea),
  sha256(('p' || n)::bytea), sha256(n::text::bytea) || %(sealed)s
FROM generate_series(1, %(count)s) AS n, (VALUES ('BCDFGHJKLMNPQRSTVWXZ')) AS alphabet (letters)
"""
EVENTS = """
INSERT INTO tips_event (id, at, verb, by, about, tip_id, reference)
SELECT gen_random_uuid(), t.received_at, v.verb, 'supervisor', '', t.id, t.reference
FROM tips_tip t, (VALUES ('received'), ('opened'), ('closed')) AS v (verb)
WHERE v.verb <> 'closed' OR t.status = 'closed'
"""


def seed(ground: Stage, *, count: int, open_tips: int) -> None:
    """So many tips, of which so many are open, with the events that each has behind it."""
    numbers = {"count": count, "open": open_tips, "years": YEARS, "sealed": os.urandom(SEALED)}
    with ground.sql() as cursor:
        cursor.execute(TIPS, numbers)
        cursor.execute(EVENTS)
    with ground.sql() as cursor:
        cursor.execute("ANALYZE")
