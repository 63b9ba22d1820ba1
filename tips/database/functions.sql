-- What the public door may do to tips, and all it may do: these functions, and no table; and what the
-- desk may do only as a whole. They belong to a role without log-in that has just the rights they
-- need (rights.py). Every one fixes its search_path and names its schema, so that no temporary table
-- can stand in for ours. Bad arguments are refused by an answer, not by an error: PostgreSQL's log
-- would keep the error.

-- Whether the form could have sent this. NULL anywhere makes it false.
CREATE OR REPLACE FUNCTION public.clear_columns_are_valid(
  p_district text, p_signs text[], p_types text[], p_danger text, p_under_18 text,
  p_for_self boolean, p_restricted boolean, p_language text
) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(
    length(p_district) <= 20 AND length(p_language) BETWEEN 2 AND 5
    AND cardinality(p_signs) <= 200 AND cardinality(p_types) <= 50
    -- A list of lists would be no list of names to whoever reads the row. An empty one has no dimension.
    AND coalesce(array_ndims(p_signs), 1) = 1 AND coalesce(array_ndims(p_types), 1) = 1
    AND NOT EXISTS (
      SELECT FROM unnest(p_signs || p_types) AS s (slug) WHERE s.slug IS NULL OR length(s.slug) > 60)
    AND p_danger IN ('', 'yes', 'no', 'unknown') AND p_under_18 IN ('', 'yes', 'no', 'unknown')
    AND p_for_self IS NOT NULL AND p_restricted IS NOT NULL, false)
$$;

-- 0 danger, 1 under 18 or the person themselves, 2 other.
CREATE OR REPLACE FUNCTION public.urgency_of(p_danger text, p_under_18 text, p_for_self boolean)
RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN p_danger = 'yes' THEN 0 WHEN p_under_18 = 'yes' OR p_for_self THEN 1 ELSE 2 END
$$;

CREATE OR REPLACE FUNCTION public.desk_key_is_active(p_kid bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM public.tips_deskkey k
    WHERE k.kid = p_kid AND k.activated_at IS NOT NULL AND k.retired_at IS NULL
  )
$$;

-- A tip, its escrowed code, its alarm and its first event, in one transaction.
-- outcome: received | repeated (box empty once the code may no longer be shown) | stale_key | refused
CREATE OR REPLACE FUNCTION public.store_tip(
  p_id uuid, p_kid bytea, p_sealed bytea, p_lookup_id bytea, p_citizen_key bytea,
  p_content_digest bytea, p_page_digest bytea, p_box bytea, p_district text, p_signs text[],
  p_types text[], p_danger text, p_under_18 text, p_for_self boolean, p_restricted boolean,
  p_set_aside integer, p_language text, p_channel text, p_by text
) RETURNS TABLE (outcome text, reference text, box bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  letters constant text := 'BCDFGHJKLMNPQRSTVWXZ';
  this_hour constant timestamptz := date_trunc('hour', now());
  -- The form's questions answered by themselves: a citizen's hour, an officer's minute.
  happened_at constant timestamptz := CASE WHEN p_by = '' THEN date_trunc('hour', now()) ELSE now() END;
  dice bytea;
  made text;
  added integer;
BEGIN
  IF p_id IS NULL OR p_kid IS NULL
    OR octet_length(p_sealed) NOT BETWEEN 1 AND 262144 + 4096 OR p_sealed IS NULL
    OR octet_length(p_lookup_id) <> 32 OR p_lookup_id IS NULL
    OR octet_length(p_citizen_key) <> 1216 OR p_citizen_key IS NULL
    OR octet_length(p_content_digest) <> 32 OR p_content_digest IS NULL
    OR octet_length(p_page_digest) <> 32 OR p_page_digest IS NULL
    OR octet_length(p_box) NOT BETWEEN 1 AND 128 OR p_box IS NULL
    OR p_set_aside NOT IN (0, 1, 2) OR p_set_aside IS NULL
    OR NOT public.clear_columns_are_valid(
      p_district, p_signs, p_types, p_danger, p_under_18, p_for_self, p_restricted, p_language)
  THEN
    RETURN QUERY SELECT 'refused'::text, NULL::text, NULL::bytea;
    RETURN;
  END IF;
  IF NOT public.desk_key_is_active(p_kid) THEN
    RETURN QUERY SELECT 'stale_key'::text, NULL::text, NULL::bytea;
    RETURN;
  END IF;
  FOR attempt IN 1..50 LOOP
    dice := uuid_send(gen_random_uuid());
    made := substr(letters, get_byte(dice, 0) % 20 + 1, 1)
      || substr(letters, get_byte(dice, 1) % 20 + 1, 1) || '-'
      || lpad(((get_byte(dice, 2) * 16777216::bigint + get_byte(dice, 3) * 65536
        + get_byte(dice, 4) * 256 + get_byte(dice, 5)) % 10000)::text, 4, '0');
    INSERT INTO public.tips_tip (
      id, reference, received_at, channel, district, signs, types, danger, under_18, for_self,
      language, urgency, restricted, set_aside, status, outcome, turn_since, turn_cause, held_by,
      lookup_id, citizen_key, content_digest, page_digest, sealed
    ) VALUES (
      p_id, made, this_hour, p_channel, p_district, p_signs, p_types, p_danger, p_under_18,
      p_for_self, p_language, public.urgency_of(p_danger, p_under_18, p_for_self), p_restricted,
      p_set_aside, 'new', '', this_hour, 'came', '',
      p_lookup_id, p_citizen_key, p_content_digest, p_page_digest, p_sealed
    ) ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    IF added = 1 THEN
      INSERT INTO public.tips_box (tip_id, box, box_until)
        VALUES (p_id, p_box, now() + interval 'CODE_MINUTES minutes');
      INSERT INTO public.tips_alarm (tip_id, urgent, since, step, due_at)
        VALUES (p_id, p_danger = 'yes', date_trunc('minute', now()), 0, date_trunc('minute', now()));
      INSERT INTO public.tips_event (id, at, verb, by, about, tip_id, reference)
        VALUES (gen_random_uuid(), happened_at, 'received', p_by, '', p_id, made);
      RETURN QUERY SELECT 'received'::text, made, p_box;
      RETURN;
    END IF;
    -- The lock is written down, so this commit waits for every disk that the first one had to reach;
    -- a reading alone would show a receipt for what is on one of two.
    RETURN QUERY
      SELECT 'repeated'::text, t.reference::text, b.box
      FROM public.tips_tip t
      LEFT JOIN public.tips_box b ON b.tip_id = t.id AND b.box_until > now()
      WHERE t.content_digest = p_content_digest
      FOR UPDATE OF t;
    IF FOUND THEN
      RETURN;
    END IF;
    EXIT WHEN EXISTS (
      SELECT FROM public.tips_tip t WHERE t.id = p_id OR t.lookup_id = p_lookup_id);
  END LOOP;
  RETURN QUERY SELECT 'refused'::text, NULL::text, NULL::bytea;
END $$;

-- The public door's: always by the web, by nobody.
CREATE OR REPLACE FUNCTION public.receive_tip(
  p_id uuid, p_kid bytea, p_sealed bytea, p_lookup_id bytea, p_citizen_key bytea,
  p_content_digest bytea, p_page_digest bytea, p_box bytea, p_district text, p_signs text[],
  p_types text[], p_danger text, p_under_18 text, p_for_self boolean, p_restricted boolean,
  p_set_aside integer, p_language text
) RETURNS TABLE (outcome text, reference text, box bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM public.store_tip(
    p_id, p_kid, p_sealed, p_lookup_id, p_citizen_key, p_content_digest, p_page_digest, p_box,
    p_district, p_signs, p_types, p_danger, p_under_18, p_for_self, p_restricted, p_set_aside,
    p_language, 'web', '')
$$;

-- The desk's: what somebody says on the telephone, saved before the line drops.
CREATE OR REPLACE FUNCTION public.receive_call(
  p_id uuid, p_kid bytea, p_sealed bytea, p_lookup_id bytea, p_citizen_key bytea,
  p_content_digest bytea, p_page_digest bytea, p_box bytea, p_district text, p_signs text[],
  p_types text[], p_danger text, p_under_18 text, p_for_self boolean, p_restricted boolean,
  p_language text, p_channel text, p_by text
) RETURNS TABLE (outcome text, reference text, box bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_channel NOT IN ('phone', 'office', 'walk_in', 'letter', 'email', 'drill') OR p_channel IS NULL
    OR NOT EXISTS (
      SELECT FROM public.tips_officer o
      WHERE o.username = p_by AND o.is_active AND o.role IN ('officer', 'supervisor'))
  THEN
    RETURN QUERY SELECT 'refused'::text, NULL::text, NULL::bytea;
    RETURN;
  END IF;
  RETURN QUERY SELECT * FROM public.store_tip(
    p_id, p_kid, p_sealed, p_lookup_id, p_citizen_key, p_content_digest, p_page_digest, p_box,
    p_district, p_signs, p_types, p_danger, p_under_18, p_for_self, p_restricted, 0,
    p_language, p_channel, p_by);
END $$;

-- The rest of a call: once, by whoever took it, within two hours, while nobody else opened the tip.
-- p_once tells the same press from another one.
-- outcome: completed | repeated | not_taken_by_you | completed_before | opened | too_late | stale_key
-- | refused
CREATE OR REPLACE FUNCTION public.complete_call(
  p_id uuid, p_kid bytea, p_sealed bytea, p_district text, p_signs text[], p_types text[],
  p_danger text, p_under_18 text, p_for_self boolean, p_restricted boolean, p_language text,
  p_by text, p_once bytea
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  tip record;
  taken_at timestamptz;
BEGIN
  IF p_kid IS NULL OR p_sealed IS NULL OR p_by IS NULL OR p_by = ''
    OR octet_length(p_once) <> 32 OR p_once IS NULL
    OR octet_length(p_sealed) NOT BETWEEN 1 AND 262144 + 4096
    OR NOT public.clear_columns_are_valid(
      p_district, p_signs, p_types, p_danger, p_under_18, p_for_self, p_restricted, p_language)
  THEN
    RETURN 'refused';
  END IF;
  IF NOT public.desk_key_is_active(p_kid) THEN
    RETURN 'stale_key';
  END IF;
  SELECT t.id, t.reference, t.urgency INTO tip FROM public.tips_tip t WHERE t.id = p_id FOR UPDATE;
  IF NOT FOUND THEN
    RETURN 'not_taken_by_you';
  END IF;
  SELECT e.at INTO taken_at FROM public.tips_event e
    WHERE e.tip_id = p_id AND e.verb = 'received' AND e.by = p_by;
  IF NOT FOUND THEN
    RETURN 'not_taken_by_you';
  END IF;
  IF EXISTS (SELECT FROM public.tips_event e WHERE e.once = p_once) THEN
    RETURN 'repeated';
  END IF;
  IF EXISTS (
    SELECT FROM public.tips_event e WHERE e.tip_id = p_id AND e.verb = 'call_completed') THEN
    RETURN 'completed_before';
  END IF;
  IF EXISTS (
    SELECT FROM public.tips_event e
    WHERE e.tip_id = p_id AND e.verb = 'opened' AND e.by <> p_by) THEN
    RETURN 'opened';
  END IF;
  IF taken_at <= now() - interval '2 hours' THEN
    RETURN 'too_late';
  END IF;
  UPDATE public.tips_tip t SET
    sealed = p_sealed, district = p_district, signs = p_signs, types = p_types, danger = p_danger,
    under_18 = p_under_18, for_self = p_for_self, restricted = t.restricted OR p_restricted,
    language = p_language,
    -- What somebody raised meanwhile stays raised.
    urgency = least(t.urgency, public.urgency_of(p_danger, p_under_18, p_for_self))
  WHERE t.id = p_id;
  IF p_danger = 'yes' THEN
    UPDATE public.tips_alarm a SET urgent = true, since = date_trunc('minute', now()), step = 0,
      due_at = date_trunc('minute', now())
    WHERE a.tip_id = p_id AND NOT a.urgent;
  END IF;
  INSERT INTO public.tips_event (id, at, verb, by, about, tip_id, reference, once)
    VALUES (gen_random_uuid(), now(), 'call_completed', p_by, '', p_id, tip.reference, p_once);
  RETURN 'completed';
END $$;

-- A copy's new message, or what its citizen says on the telephone, rings at the first of the tips that
-- it repeats: the turn and the clock are theirs, and the alarm in danger; the copy stays closed. Only
-- where whoever may open the first may open the copy too, and where the first does not stand apart.
-- p_by: the officer who wrote it down, empty for a citizen. False: nothing rings, the copy must itself.
CREATE OR REPLACE FUNCTION public.ring_first_tips(
  p_copy uuid, p_number integer, p_danger boolean, p_by text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  this_hour constant timestamptz := date_trunc('hour', now());
  copied record;
  rung record;
  any_rung boolean := false;
BEGIN
  SELECT t.id, t.reference, t.urgency, t.restricted, t.set_aside INTO copied
    FROM public.tips_tip t WHERE t.id = p_copy AND t.outcome = 'duplicate';
  IF NOT FOUND OR p_number IS NULL OR p_danger IS NULL OR p_by IS NULL THEN
    RETURN false;
  END IF;
  FOR rung IN
    WITH RECURSIVE chain AS (
      SELECT p_copy AS id
      UNION
      SELECT l.other_id
      FROM chain c
      JOIN public.tips_tip t ON t.id = c.id AND t.outcome = 'duplicate'
      JOIN public.tips_tiplink l ON l.tip_id = t.id AND l.kind = 'duplicate'
    )
    UPDATE public.tips_tip t SET
      turn_since = CASE
        WHEN t.status <> 'closed' AND (t.owner_id IS NULL OR t.turn_cause IN ('wrote', 'copy'))
        THEN t.turn_since ELSE this_hour END,
      turn_cause = CASE
        WHEN t.status <> 'closed' AND (t.owner_id IS NULL OR t.turn_cause = 'wrote')
        THEN t.turn_cause ELSE 'copy' END,
      status = CASE WHEN t.status = 'new' THEN 'new' ELSE 'active' END,
      outcome = '',
      closed_on = NULL,
      turn_until = NULL,
      urgency = CASE WHEN p_danger OR copied.urgency = 0 THEN 0 ELSE t.urgency END,
      set_aside = CASE WHEN t.set_aside = 2 THEN 0 ELSE t.set_aside END
    FROM chain c
    WHERE t.id = c.id AND t.outcome <> 'duplicate' AND t.sealed IS NOT NULL
      AND (t.restricted OR NOT copied.restricted)
      AND (t.set_aside <> 1 OR t.owner_id IS NOT NULL OR copied.set_aside = 1)
      AND NOT EXISTS (
        SELECT FROM public.tips_recusal r
        WHERE r.tip_id = copied.id AND NOT EXISTS (
          SELECT FROM public.tips_recusal o
          WHERE o.tip_id = t.id AND o.officer_id = r.officer_id))
    RETURNING t.id, t.reference, t.urgency,
      (SELECT o.username FROM public.tips_officer o WHERE o.id = t.owner_id) AS owner
  LOOP
    any_rung := true;
    IF rung.urgency = 0 AND (p_by = '' OR rung.owner IS DISTINCT FROM p_by) THEN
      PERFORM public.raise_alarm(rung.id, p_danger);
    END IF;
    INSERT INTO public.tips_event (id, at, verb, by, about, tip_id, reference, count)
      VALUES (gen_random_uuid(), CASE WHEN p_by = '' THEN this_hour ELSE now() END,
        'copy_message', p_by, copied.reference, rung.id, rung.reference, p_number);
  END LOOP;
  RETURN any_rung;
END $$;

-- An urgent alarm of a tip. One that was not urgent begins anew. One that is at work goes on, and with
-- danger it is told again at once: whoever ticks it every hour must not keep the supervisors from
-- hearing of it.
CREATE OR REPLACE FUNCTION public.raise_alarm(p_tip uuid, p_danger boolean) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.tips_alarm (tip_id, urgent, since, step, due_at)
    VALUES (p_tip, true, date_trunc('minute', now()), 0, date_trunc('minute', now()))
    ON CONFLICT (tip_id) DO UPDATE SET urgent = true, due_at = excluded.due_at,
      since = CASE WHEN tips_alarm.urgent THEN tips_alarm.since ELSE excluded.since END,
      step = CASE WHEN tips_alarm.urgent THEN tips_alarm.step ELSE 0 END
    WHERE p_danger OR NOT tips_alarm.urgent
$$;

-- Words, photos or both, added to one tip by its code; or alone that it has become dangerous, which
-- makes the tip urgent and its alarm told at once.
-- outcome: received | repeated | unknown | too_many | stale_key | refused
CREATE OR REPLACE FUNCTION public.receive_message(
  p_lookup_id bytea, p_id uuid, p_kid bytea, p_sealed bytea, p_content_digest bytea,
  p_photo_ids uuid[], p_photos bytea[], p_danger boolean
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  this_hour constant timestamptz := date_trunc('hour', now());
  tip record;
  newest_message integer;
  newest_photo integer;
BEGIN
  IF p_lookup_id IS NULL OR p_id IS NULL OR p_kid IS NULL OR p_content_digest IS NULL
    OR p_photo_ids IS NULL OR p_photos IS NULL OR p_danger IS NULL
    OR octet_length(p_lookup_id) <> 32 OR octet_length(p_content_digest) <> 32
    OR octet_length(p_sealed) NOT BETWEEN 1 AND 262144 + 4096
    OR cardinality(p_photos) > 5 OR cardinality(p_photos) <> cardinality(p_photo_ids)
    OR array_ndims(p_photos) > 1 OR array_dims(p_photos) <> array_dims(p_photo_ids)
    OR array_position(p_photos, NULL) IS NOT NULL OR array_position(p_photo_ids, NULL) IS NOT NULL
    OR EXISTS (SELECT FROM unnest(p_photos) AS p (blob) WHERE octet_length(p.blob) > 12582912)
    OR (p_sealed IS NULL AND cardinality(p_photos) = 0)
    OR (SELECT count(DISTINCT p.id) FROM unnest(p_photo_ids) AS p (id)) <> cardinality(p_photo_ids)
  THEN
    RETURN 'refused';
  END IF;
  IF NOT public.desk_key_is_active(p_kid) THEN
    RETURN 'stale_key';
  END IF;
  SELECT t.id, t.reference, t.urgency INTO tip
    FROM public.tips_tip t WHERE t.lookup_id = p_lookup_id FOR UPDATE;
  IF NOT FOUND THEN
    RETURN 'unknown';
  END IF;
  IF EXISTS (SELECT FROM public.tips_message m WHERE m.content_digest = p_content_digest) THEN
    RETURN 'repeated';
  END IF;
  -- What makes a tip urgent is never too many.
  IF (tip.urgency = 0 OR NOT p_danger) AND 50 <= (
    SELECT count(*) FROM public.tips_message m
    WHERE m.tip_id = tip.id AND NOT m.from_desk AND m.at = this_hour
  ) THEN
    RETURN 'too_many';
  END IF;
  IF EXISTS (SELECT FROM public.tips_message m WHERE m.id = p_id)
    OR EXISTS (SELECT FROM public.tips_photo p WHERE p.id = ANY (p_photo_ids)) THEN
    RETURN 'refused';
  END IF;
  SELECT coalesce(max(m.number), 0) INTO newest_message
    FROM public.tips_message m WHERE m.tip_id = tip.id;
  SELECT coalesce(max(p.number), 0) INTO newest_photo
    FROM public.tips_photo p WHERE p.tip_id = tip.id;
  INSERT INTO public.tips_message (
    id, tip_id, number, from_desk, channel, by, at, content_digest, sealed
  ) VALUES (
    p_id, tip.id, newest_message + 1, false, 'web', '', this_hour, p_content_digest, p_sealed
  );
  INSERT INTO public.tips_photo (id, tip_id, message_id, number, sealed)
    SELECT p_photo_ids[i], tip.id, p_id, newest_photo + i, p_photos[i]
    FROM generate_subscripts(p_photos, 1) AS i;
  UPDATE public.tips_tip t SET
    urgency = CASE WHEN p_danger THEN 0 ELSE t.urgency END,
    set_aside = CASE WHEN t.set_aside = 2 THEN 0 ELSE t.set_aside END
  WHERE t.id = tip.id;
  IF NOT public.ring_first_tips(tip.id, newest_message + 1, p_danger, '') THEN
    UPDATE public.tips_tip t SET
      -- Who waits to be taken, or for an answer to an earlier message, waits since then.
      turn_since = CASE
        WHEN t.status <> 'closed' AND (t.owner_id IS NULL OR t.turn_cause IN ('wrote', 'copy'))
        THEN t.turn_since ELSE this_hour END,
      turn_cause = CASE
        WHEN t.status <> 'closed' AND t.owner_id IS NULL THEN t.turn_cause ELSE 'wrote' END,
      status = CASE WHEN t.status = 'new' THEN 'new' ELSE 'active' END,
      outcome = '',
      closed_on = NULL,
      turn_until = NULL
    WHERE t.id = tip.id;
    IF p_danger OR tip.urgency = 0 THEN
      PERFORM public.raise_alarm(tip.id, p_danger);
    END IF;
  END IF;
  INSERT INTO public.tips_event (id, at, verb, by, about, tip_id, reference, count)
    VALUES (gen_random_uuid(), this_hour, 'message', '',
      CASE WHEN p_danger THEN 'danger' ELSE '' END, tip.id, tip.reference, cardinality(p_photos));
  RETURN 'received';
END $$;

-- The code was typed back: its box is emptied at once. True where there is such a tip.
CREATE OR REPLACE FUNCTION public.receipt_kept(p_lookup_id bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  tip uuid;
BEGIN
  SELECT t.id INTO tip FROM public.tips_tip t WHERE t.lookup_id = p_lookup_id;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  DELETE FROM public.tips_box b WHERE b.tip_id = tip;
  -- Somebody reads at the other end: no flood does.
  UPDATE public.tips_tip t SET set_aside = 0 WHERE t.id = tip AND t.set_aside = 2;
  RETURN true;
END $$;

-- The citizen's side of the conversation, in order: row 0 is the tip; only the desk's words come along,
-- and none that the citizen removed. An opening's count is the newest message that was there, so
-- what came later is not called read.
CREATE OR REPLACE FUNCTION public.follow_up(p_lookup_id bytea)
RETURNS TABLE (
  reference text, number integer, from_desk boolean, at timestamptz, photos integer,
  read_at timestamptz, message_id uuid, for_citizen bytea
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.tips_message m SET shown_at = date_trunc('hour', now())
    FROM public.tips_tip t
    WHERE t.lookup_id = p_lookup_id AND m.tip_id = t.id
      AND m.from_desk AND m.for_citizen IS NOT NULL AND m.shown_at IS NULL;
  RETURN QUERY
  WITH tip AS (
    SELECT t.id, t.reference, t.received_at FROM public.tips_tip t
    WHERE t.lookup_id = p_lookup_id
  ), entry AS (
    SELECT tip.id AS tip_id, tip.reference, 0 AS number, false AS from_desk, tip.received_at AS at,
      NULL::uuid AS message_id, NULL::bytea AS for_citizen
    FROM tip
    UNION ALL
    SELECT tip.id, tip.reference, m.number, m.from_desk, date_trunc('hour', m.at),
      m.id, m.for_citizen
    FROM tip JOIN public.tips_message m ON m.tip_id = tip.id
  )
  SELECT e.reference::text, e.number::integer, e.from_desk, e.at,
    (SELECT count(*)::integer FROM public.tips_photo p WHERE p.message_id = e.message_id),
    (SELECT date_trunc('hour', min(v.at)) FROM public.tips_event v
      WHERE v.tip_id = e.tip_id AND v.verb = 'opened' AND v.count >= e.number AND NOT e.from_desk),
    e.message_id, e.for_citizen
  FROM entry e ORDER BY e.number;
END $$;

-- Where the tip stands for its citizen, and since which day in Saint Lucia; no row where there is no
-- such tip. unread | read (or heard on the telephone) | works (somebody works on it) | passed (to
-- another office) | closed. It comes from what was done, which the trail never takes back: so
-- lowering, giving back, undoing or an owner who left moves it back for nobody; only opening a closed
-- tip again does, or undoing that it was closed. A duplicate shows what the tips it repeats have
-- reached, unless its own was further; one that repeats nothing but duplicates is closed like any
-- other.
CREATE OR REPLACE FUNCTION public.tip_stage(p_lookup_id bytea)
RETURNS TABLE (stage text, since date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE chain AS (
    SELECT t.id FROM public.tips_tip t WHERE t.lookup_id = p_lookup_id
    UNION
    SELECT l.other_id
    FROM chain c
    JOIN public.tips_tip t ON t.id = c.id AND t.outcome = 'duplicate'
    JOIN public.tips_tiplink l ON l.tip_id = t.id AND l.kind = 'duplicate'
  ), tip AS (
    SELECT t.id, t.status, t.outcome, t.owner_id, t.turn_since, t.closed_on
    FROM chain c JOIN public.tips_tip t ON t.id = c.id
  ), reached AS (
    SELECT 0 AS step, NULL::date AS day FROM tip
    UNION ALL
    SELECT CASE WHEN e.verb IN ('opened', 'received', 'transcribed') THEN 1 ELSE 2 END,
      (e.at AT TIME ZONE 'America/St_Lucia')::date
    FROM tip JOIN public.tips_event e ON e.tip_id = tip.id
    WHERE e.verb IN ('opened', 'transcribed', 'taken', 'waiting', 'replied', 'parked', 'reopened')
      OR (e.verb = 'received' AND e.by <> '')
      OR (e.verb = 'given' AND e.about <> 'nobody')
    UNION ALL
    SELECT 2, (tip.turn_since AT TIME ZONE 'America/St_Lucia')::date FROM tip
    WHERE tip.status <> 'closed'
      AND (tip.owner_id IS NOT NULL OR tip.status IN ('asked', 'referred', 'parked'))
    UNION ALL
    SELECT CASE WHEN tip.outcome = 'passed_on' THEN 3 ELSE 4 END, tip.closed_on FROM tip
    WHERE tip.status = 'closed'
      AND (tip.outcome <> 'duplicate' OR NOT EXISTS (SELECT FROM tip t WHERE t.outcome <> 'duplicate'))
  )
  SELECT (ARRAY['unread', 'read', 'works', 'passed', 'closed'])[r.step + 1], min(r.day)
  FROM reached r GROUP BY r.step ORDER BY r.step DESC LIMIT 1
$$;

-- Whether a tip waits that nobody has opened for two days, while nobody opened any other either.
-- What is set aside and what is a drill count on neither side.
CREATE OR REPLACE FUNCTION public.desk_is_silent() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN EXISTS (
    SELECT FROM public.tips_event e JOIN public.tips_tip t ON t.id = e.tip_id
    WHERE e.verb = 'opened' AND e.at > now() - interval '48 hours'
      AND t.set_aside = 0 AND t.channel <> 'drill'
  ) THEN false ELSE EXISTS (
    SELECT FROM public.tips_tip t
    WHERE t.status <> 'closed' AND t.set_aside = 0 AND t.channel <> 'drill'
      AND t.hours_to_open IS NULL AND t.received_at <= now() - interval '48 hours'
  ) END
$$;

-- A reply that the same code was shown goes from the citizen's side; the desk keeps its own copy.
CREATE OR REPLACE FUNCTION public.remove_reply(p_lookup_id bytea, p_number integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  tip record;
BEGIN
  SELECT t.id, t.reference INTO tip FROM public.tips_tip t WHERE t.lookup_id = p_lookup_id;
  UPDATE public.tips_message m SET for_citizen = NULL
    WHERE m.tip_id = tip.id AND m.number = p_number
      AND m.from_desk AND m.shown_at IS NOT NULL AND m.for_citizen IS NOT NULL;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO public.tips_event (id, at, verb, by, about, tip_id, reference, count)
    VALUES (gen_random_uuid(), date_trunc('hour', now()), 'reply_removed', '', '', tip.id,
      tip.reference, p_number);
  RETURN true;
END $$;

-- Which of these look-up ids are a tip's: so that a code is cut out of a text, and nothing else is.
CREATE OR REPLACE FUNCTION public.codes_among(p_lookup_ids bytea[]) RETURNS SETOF bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.lookup_id FROM public.tips_tip t
  WHERE cardinality(p_lookup_ids) <= 30000 AND t.lookup_id = ANY (p_lookup_ids)
$$;

-- The desk's: a new desk key in the place of the active one, from a supervisor's own session. What
-- the recovery sheets open and where backups go is copied from the present row, never taken from
-- the caller. outcome: rotated | stale (another key is active) | refused
CREATE OR REPLACE FUNCTION public.rotate_desk_key(
  p_old_kid bytea, p_kid bytea, p_public bytea, p_succession bytea, p_key_check_id uuid,
  p_key_check_value bytea, p_recovery_copy bytea, p_officers uuid[], p_grants bytea[],
  p_attestations bytea[], p_by text
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  old record;
BEGIN
  IF p_old_kid IS NULL OR p_key_check_id IS NULL OR p_by IS NULL OR length(p_by) NOT BETWEEN 1 AND 40
    OR octet_length(p_kid) <> 8 OR p_kid IS NULL
    OR octet_length(p_public) <> 1216 OR p_public IS NULL
    OR octet_length(p_succession) <> 32 OR p_succession IS NULL
    OR octet_length(p_key_check_value) NOT BETWEEN 1000 AND 4096 OR p_key_check_value IS NULL
    OR octet_length(p_recovery_copy) <> 1168 OR p_recovery_copy IS NULL
    OR p_officers IS NULL OR p_grants IS NULL OR p_attestations IS NULL
    OR cardinality(p_officers) NOT BETWEEN 1 AND 500
    OR cardinality(p_grants) <> cardinality(p_officers)
    OR cardinality(p_attestations) <> cardinality(p_officers)
    OR EXISTS (SELECT FROM unnest(p_grants) AS g (blob)
      WHERE octet_length(g.blob) <> 1168 OR g.blob IS NULL)
    OR EXISTS (SELECT FROM unnest(p_attestations) AS a (blob)
      WHERE octet_length(a.blob) <> 32 OR a.blob IS NULL)
  THEN
    RETURN 'refused';
  END IF;
  SELECT k.* INTO old FROM public.tips_deskkey k
    WHERE k.activated_at IS NOT NULL AND k.retired_at IS NULL
    ORDER BY k.created_at DESC LIMIT 1 FOR UPDATE;
  IF NOT FOUND OR old.kid <> p_old_kid THEN
    RETURN 'stale';
  END IF;
  IF EXISTS (SELECT FROM public.tips_deskkey k WHERE k.kid = p_kid OR k.public = p_public)
    OR (SELECT count(DISTINCT o.id)
      FROM unnest(p_officers) AS wanted (id)
      JOIN public.tips_officer o ON o.id = wanted.id
      JOIN public.tips_officerkey key ON key.officer_id = o.id
      WHERE o.is_active AND o.role IN ('officer', 'supervisor')) <> cardinality(p_officers)
  THEN
    RETURN 'refused';
  END IF;
  INSERT INTO public.tips_deskkey (
    kid, public, predecessor, succession, key_check_id, key_check_value, recovery_public,
    recovery_copy, backup_recipient, created_at, activated_at
  ) VALUES (
    p_kid, p_public, old.kid, p_succession, p_key_check_id, p_key_check_value, old.recovery_public,
    p_recovery_copy, old.backup_recipient,
    greatest(now(), old.created_at + interval '1 microsecond'), now()
  );
  UPDATE public.tips_deskkey k SET retired_at = now()
    WHERE k.kid <> p_kid AND k.retired_at IS NULL;
  INSERT INTO public.tips_deskkeygrant (id, officer_key_id, desk_key_id, sealed, by, at)
    SELECT gen_random_uuid(), p_officers[i], p_kid, p_grants[i], 'rotation', now()
    FROM generate_subscripts(p_officers, 1) AS i;
  UPDATE public.tips_officerkey key SET attestation = p_attestations[i]
    FROM generate_subscripts(p_officers, 1) AS i WHERE key.officer_id = p_officers[i];
  INSERT INTO public.tips_event (id, at, verb, by, about, reference, count)
    VALUES (gen_random_uuid(), now(), 'key_rotated', p_by, '', '', cardinality(p_officers));
  RETURN 'rotated';
END $$;

-- The desk's: a desk key that does not succeed its predecessor seals nothing more, and the true
-- one does again; or an old one that came back, and its true successor does. True where something
-- was retired. Which is true only the desk's secrets tell (pairs.succeeds): a refusal by the
-- predecessors that rows name would make final what a broken desk door rotated to.
CREATE OR REPLACE FUNCTION public.retire_false_desk_key(p_kid bytea, p_true_kid bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_kid = p_true_kid OR NOT EXISTS (
    SELECT FROM public.tips_deskkey k WHERE k.kid = p_true_kid AND k.activated_at IS NOT NULL)
  THEN
    RETURN false;
  END IF;
  UPDATE public.tips_deskkey k SET retired_at = now() WHERE k.kid = p_kid AND k.retired_at IS NULL;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE public.tips_deskkey k SET retired_at = NULL WHERE k.kid = p_true_kid;
  INSERT INTO public.tips_event (id, at, verb, by, about, reference)
    VALUES (gen_random_uuid(), now(), 'false_desk_key', '', encode(p_kid, 'hex'), '');
  RETURN true;
END $$;

-- Two recovery sheets were typed back. Nobody at a door can take it back: that would stop every tip.
CREATE OR REPLACE FUNCTION public.confirm_sheets(p_kid bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.tips_deskkey k SET sheets_confirmed_at = now()
    WHERE k.kid = p_kid AND k.sheets_confirmed_at IS NULL;
  RETURN FOUND;
END $$;

-- Behind the grants: no statement of anybody's, the owner's included, changes or deletes a row of the
-- trail or of the notes. Two things pass: an update that changes nothing (housekeeping gives the rows
-- of an hour one transaction number), and what erasing a tip must do, by the role that owns nothing
-- but the erasing functions. Comparing as JSON covers columns that are added later.
-- (Only the owner may TRUNCATE or drop the trigger; no serving role may.)
CREATE OR REPLACE FUNCTION public.event_is_append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND current_user = current_database() || '_eraser' AND NEW.reason IS NULL
    AND to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'append only';
END $$;

CREATE OR REPLACE FUNCTION public.note_is_append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' AND current_user = current_database() || '_eraser' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'append only';
END $$;

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.tips_event
  FOR EACH ROW EXECUTE FUNCTION public.event_is_append_only();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.tips_note
  FOR EACH ROW EXECUTE FUNCTION public.note_is_append_only();
