-- Copies of the tips that are there, until there are %(count)s, of which %(open)s are open. They were
-- received in the order of n, 1 the newest, over three years; of the newest every third is open.
-- Rows lie in the order of their random keys, as a rewriting leaves them.
SELECT setseed(0.11);

CREATE TEMP TABLE original ON COMMIT DROP AS
  SELECT row_number() OVER (ORDER BY t.id) AS n, t.*,
    (SELECT m.sealed FROM tips_message m WHERE m.tip_id = t.id LIMIT 1) AS message
  FROM tips_tip t;

-- The open ones in turn: whose they are (of the owners, the first is 1) and until when they wait.
CREATE TEMP TABLE turn (
  k int, status text, cause text, owner int, danger text, under_18 text, days int
) ON COMMIT DROP;
INSERT INTO turn VALUES
  (0, 'new', 'came', NULL, 'yes', '', NULL),
  (1, 'new', 'came', NULL, 'no', 'yes', NULL),
  (2, 'new', 'came', NULL, '', '', NULL),
  (3, 'new', 'wrote', NULL, 'unknown', 'no', NULL),
  (4, 'new', 'came', NULL, '', '', NULL),
  (5, 'active', 'returned', NULL, '', '', NULL),
  (6, 'active', 'taken', 1, 'yes', 'unknown', NULL),
  (7, 'active', 'given', 1, 'no', '', NULL),
  (8, 'active', 'wrote', 1, '', '', NULL),
  (9, 'active', 'taken', 3, 'no', 'yes', NULL),
  (10, 'active', 'taken', 4, '', '', NULL),
  (11, 'asked', 'asked', 1, 'no', '', -3),
  (12, 'asked', 'asked', 3, '', '', 7),
  (13, 'asked', 'asked', 1, 'unknown', '', 7),
  (14, 'asked', 'asked', 4, 'no', 'yes', 10),
  (15, 'referred', 'taken', 3, '', '', 10),
  (16, 'referred', 'taken', 4, 'yes', '', -2),
  (17, 'parked', 'parked', 1, '', '', 20),
  (18, 'parked', 'parked', 3, 'no', 'no', 20),
  (19, 'parked', 'parked', 2, '', '', -1);

CREATE TEMP TABLE plan ON COMMIT DROP AS
  WITH drawn AS MATERIALIZED (
    SELECT s.n, coalesce(o.id, gen_random_uuid()) AS id, turn.*,
      (s.n::bigint * 2654435761 %% 4000000)::int AS number,
      date_trunc('hour', now() - s.n::float / %(count)s * interval '3 years') AS received_at,
      -- None of them is 0.
      1 - random() AS a, 1 - random() AS b, 1 - random() AS c, 1 - random() AS d
    FROM generate_series(1, %(count)s) AS s (n)
      LEFT JOIN original o USING (n)
      LEFT JOIN turn ON s.n %% 3 = 1 AND s.n <= %(open)s * 3 AND turn.k = s.n / 3 %% 20
  ), timed AS (
    SELECT *,
      CASE WHEN k IS NULL THEN received_at + a * least(now() - received_at, interval '60 days') END
        AS closed_at,
      coalesce(danger, (ARRAY['yes', 'no', 'unknown', ''])[ceil(c * c * 4)]) AS danger_now,
      coalesce(under_18, (ARRAY['', 'no', 'unknown', 'yes'])[ceil(b * b * 4)]) AS child,
      k IS NOT DISTINCT FROM 2 OR n %% 11 = 0 AS for_self,
      CASE WHEN k IS NULL THEN n / 7 %% 4 + 1 ELSE owner END AS whose
    FROM drawn
  )
  SELECT id, n, (n - 1) %% %(originals)s + 1 AS like_n,
    substr(letters, number / 200000 + 1, 1) || substr(letters, number / 10000 %% 20 + 1, 1)
      || '-' || lpad((number %% 10000)::text, 4, '0') AS reference,
    received_at, closed_at,
    least(closed_at, received_at + a * least(now() - received_at, interval '9 hours')) AS opened_at,
    least(closed_at, received_at + a * least(now() - received_at, interval '30 hours')) AS taken_at,
    (ARRAY['web', 'phone', 'email', 'walk_in', 'office', 'letter'])[1 + floor(6 - 6 * b ^ 0.25)] AS channel,
    -- Many from the capital, very few from the last place; so with languages and channels.
    (ARRAY['castries', 'gros-islet', 'vieux-fort', '', 'soufriere', 'dennery', 'micoud', 'elsewhere',
      'choiseul', 'anse-la-raye', 'laborie', 'at-sea', 'canaries'])[1 + floor(13 - 13 * c ^ 0.5)] AS district,
    danger_now AS danger, child AS under_18, for_self,
    (ARRAY['en', 'es', 'fr', 'ht', 'acf'])[1 + floor(5 - 5 * d ^ 0.33)] AS language,
    public.urgency_of(danger_now, child, for_self) AS urgency,
    k IS NOT DISTINCT FROM 19 OR n %% 50 = 7 AS restricted,
    CASE WHEN k = 4 OR k IS NULL AND n %% 40 = 0 THEN 1 ELSE 0 END AS set_aside,
    coalesce(status, 'closed') AS status,
    CASE WHEN k IS NULL THEN (ARRAY['no_basis', 'not_enough', 'passed_on', 'helped', 'junk',
      'elsewhere'])[ceil(a * 6)] ELSE '' END AS outcome,
    (%(owners)s::uuid[])[1 + (whose - 1) %% %(people)s] AS owner_id,
    (%(names)s::text[])[1 + coalesce(whose - 1, n) %% %(people)s] AS officer,
    coalesce(cause, 'taken') AS turn_cause, current_date + days AS turn_until
  FROM timed, (VALUES ('BCDFGHJKLMNPQRSTVWXZ')) AS alphabet (letters)
  ORDER BY id;

ALTER TABLE tips_event DISABLE TRIGGER append_only;
DELETE FROM tips_event WHERE tip_id IS NOT NULL;
ALTER TABLE tips_event ENABLE TRIGGER append_only;
DELETE FROM tips_alarm;
DELETE FROM tips_box;
DELETE FROM tips_tip;
UPDATE tips_message m SET at = date_trunc('hour', coalesce(p.closed_at, now()))
  FROM plan p WHERE p.id = m.tip_id;

INSERT INTO tips_tip (
  id, reference, received_at, channel, district, signs, types, danger, under_18, for_self,
  language, urgency, restricted, set_aside, status, outcome, owner_id, turn_since, turn_until,
  turn_cause, closed_on, hours_to_open, hours_to_take, hours_to_close, held_by,
  lookup_id, citizen_key, content_digest, page_digest, sealed
)
SELECT p.id, p.reference, p.received_at, p.channel, p.district, o.signs, o.types, p.danger,
  p.under_18, p.for_self, p.language, p.urgency, p.restricted, p.set_aside, p.status, p.outcome,
  p.owner_id,
  CASE WHEN p.turn_cause IN ('came', 'wrote') THEN p.received_at
    ELSE date_trunc('minute', p.taken_at) END,
  p.turn_until, p.turn_cause, p.closed_at::date,
  extract(epoch FROM p.opened_at - p.received_at)::int / 3600,
  CASE WHEN p.owner_id IS NOT NULL
    THEN extract(epoch FROM p.taken_at - p.received_at)::int / 3600 END,
  extract(epoch FROM p.closed_at - p.received_at)::int / 3600, '',
  CASE p.n WHEN o.n THEN o.lookup_id ELSE sha256(('l' || p.n)::bytea) END,
  -- A third of a row; of an old tip nobody asks for it.
  CASE WHEN p.received_at > now() - interval '1 year' THEN o.citizen_key END,
  CASE p.n WHEN o.n THEN o.content_digest ELSE sha256(('c' || p.n)::bytea) END,
  CASE p.n WHEN o.n THEN o.page_digest ELSE sha256(('p' || p.n)::bytea) END, o.sealed
FROM plan p JOIN original o ON o.n = p.like_n;

INSERT INTO tips_message (
  id, tip_id, number, from_desk, channel, by, at, content_digest, sealed, for_citizen
)
SELECT gen_random_uuid(), p.id, 1, false, 'web', '', date_trunc('hour', coalesce(p.closed_at, now())),
  sha256(('m' || p.n)::bytea), o.message, NULL
FROM plan p JOIN original o ON o.n = p.like_n
WHERE p.n > %(originals)s AND o.message IS NOT NULL AND p.n %% 8 = 0
UNION ALL
SELECT gen_random_uuid(), p.id, 2, true, 'web', p.officer, p.taken_at, NULL, o.message, o.message
FROM plan p JOIN original o ON o.n = p.like_n
WHERE o.message IS NOT NULL AND p.status = 'asked';

INSERT INTO tips_alarm (tip_id, urgent, since, step, due_at)
SELECT id, urgency = 0, received_at, 2 + extract(epoch FROM now() - received_at)::int / 86400,
  date_trunc('hour', now()) + interval '1 hour'
FROM plan WHERE status <> 'closed' AND owner_id IS NULL;

INSERT INTO tips_event (id, at, verb, by, about, tip_id, reference, count, before)
SELECT gen_random_uuid(), e.at, e.verb, e.by, e.about, p.id, p.reference, e.count, e.before
FROM plan p, LATERAL (VALUES
  (p.received_at, 'received', '', '', NULL::int, NULL::jsonb, true),
  (p.opened_at, 'opened', p.officer, '', 0, NULL, true),
  (p.taken_at, 'taken', p.officer, '', NULL, NULL, p.owner_id IS NOT NULL),
  (p.taken_at, 'given', 'supervisor', p.officer, NULL,
    jsonb_build_object('columns', jsonb_build_object('owner', (%(owners)s)[1])), p.n %% 20 = 0),
  (p.taken_at, 'noted', p.officer, '', NULL, NULL, p.n %% 4 = 0),
  (p.taken_at, 'raised', 'supervisor', '', NULL, NULL, p.n %% 25 = 0),
  (p.closed_at, 'closed', p.officer, p.outcome, NULL, NULL, p.status = 'closed')
) AS e (at, verb, by, about, count, before, happened)
WHERE e.happened
ORDER BY p.id;

-- What an office does whether or not a tip comes.
INSERT INTO tips_event (id, at, verb, by, about, reference)
SELECT gen_random_uuid(), now() - day * interval '1 day', verb, name, '', ''
FROM generate_series(0, 1095) AS day, unnest(%(names)s::text[]) AS name,
  (VALUES ('logged_in'), ('searched')) AS v (verb);

SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
