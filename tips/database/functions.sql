-- What the public door may do to tips, and all it may do: these functions, and no table.
-- They belong to a role without log-in that has just the rights they need (rights.py).
-- Every one fixes its search_path and names its schema, so that no temporary table can stand in for ours.
-- Bad arguments are refused by an answer, not by an error: PostgreSQL's log would keep the error.

-- A tip, its reference and its first event, in one transaction.
-- outcome: received | repeated (box empty once the code may no longer be shown) | stale_key | refused
CREATE OR REPLACE FUNCTION public.receive_tip(
  p_id uuid, p_kid bytea, p_sealed bytea, p_lookup bytea, p_citizen_key bytea,
  p_sent bytea, p_page bytea, p_box bytea, p_district text, p_signs text[], p_types text[],
  p_danger text, p_under_18 text, p_for_self boolean, p_restricted boolean, p_set_aside boolean,
  p_language text
) RETURNS TABLE (outcome text, reference text, box bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  letters constant text := 'BCDFGHJKLMNPQRSTVWXZ';
  this_hour constant timestamptz := date_trunc('hour', now());
  dice bytea;
  made text;
  added integer;
BEGIN
  IF p_id IS NULL OR p_kid IS NULL OR p_sealed IS NULL OR p_lookup IS NULL OR p_citizen_key IS NULL
    OR p_sent IS NULL OR p_page IS NULL OR p_box IS NULL OR p_district IS NULL OR p_signs IS NULL
    OR p_types IS NULL OR p_danger IS NULL OR p_under_18 IS NULL OR p_for_self IS NULL
    OR p_restricted IS NULL OR p_set_aside IS NULL OR p_language IS NULL
    OR octet_length(p_sealed) NOT BETWEEN 1 AND 262144 + 1024
    OR octet_length(p_lookup) <> 32 OR octet_length(p_citizen_key) <> 32
    OR octet_length(p_sent) <> 32 OR octet_length(p_page) <> 32
    OR octet_length(p_box) NOT BETWEEN 1 AND 128
    OR length(p_district) > 20 OR length(p_language) NOT BETWEEN 2 AND 5
    OR cardinality(p_signs) > 200 OR cardinality(p_types) > 50
    OR length(array_to_string(p_signs || p_types, '')) > 12000
    OR array_position(p_signs || p_types, NULL) IS NOT NULL
    OR p_danger NOT IN ('', 'yes', 'no', 'unknown') OR p_under_18 NOT IN ('', 'yes', 'no', 'unknown')
  THEN
    RETURN QUERY SELECT 'refused'::text, NULL::text, NULL::bytea;
    RETURN;
  END IF;
  IF NOT EXISTS (
    SELECT FROM public.tips_deskkey k
    WHERE k.kid = p_kid AND k.proven_at IS NOT NULL AND k.retired_at IS NULL
  ) THEN
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
      language, urgency, restricted, set_aside, status, outcome, waiting_since,
      lookup, citizen_key, sent, page, box, box_until, sealed
    ) VALUES (
      p_id, made, this_hour, 'web', p_district, p_signs, p_types, p_danger, p_under_18, p_for_self,
      p_language,
      CASE WHEN p_danger = 'yes' THEN 0 WHEN p_under_18 = 'yes' OR p_for_self THEN 1 ELSE 2 END,
      p_restricted, p_set_aside, 'new', '', date_trunc('minute', now()),
      p_lookup, p_citizen_key, p_sent, p_page, p_box, now() + interval 'CODE_MINUTES minutes', p_sealed
    ) ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    IF added = 1 THEN
      INSERT INTO public.tips_event (id, at, verb, by, about, tip_id, reference)
        VALUES (gen_random_uuid(), this_hour, 'received', '', '', p_id, made);
      RETURN QUERY SELECT 'received'::text, made, p_box;
      RETURN;
    END IF;
    RETURN QUERY
      SELECT 'repeated'::text, t.reference::text, CASE WHEN t.box_until > now() THEN t.box END
      FROM public.tips_tip t WHERE t.sent = p_sent;
    IF FOUND THEN
      RETURN;
    END IF;
    EXIT WHEN EXISTS (SELECT FROM public.tips_tip t WHERE t.id = p_id OR t.lookup = p_lookup);
  END LOOP;
  RETURN QUERY SELECT 'refused'::text, NULL::text, NULL::bytea;
END $$;

-- Words, photos or both, added to one tip by its code.
-- outcome: received | repeated | unknown | too_many | stale_key | refused
CREATE OR REPLACE FUNCTION public.receive_message(
  p_lookup bytea, p_id uuid, p_kid bytea, p_sealed bytea, p_sent bytea,
  p_photo_ids uuid[], p_photos bytea[]
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  this_hour constant timestamptz := date_trunc('hour', now());
  tip record;
  added integer;
  newest_message integer;
  newest_photo integer;
BEGIN
  IF p_lookup IS NULL OR p_id IS NULL OR p_kid IS NULL OR p_sent IS NULL OR p_photo_ids IS NULL
    OR p_photos IS NULL OR octet_length(p_lookup) <> 32 OR octet_length(p_sent) <> 32
    OR octet_length(p_sealed) NOT BETWEEN 1 AND 262144 + 1024
    OR cardinality(p_photos) > 5 OR cardinality(p_photos) <> cardinality(p_photo_ids)
    OR array_position(p_photos, NULL) IS NOT NULL OR array_position(p_photo_ids, NULL) IS NOT NULL
    OR EXISTS (SELECT FROM unnest(p_photos) AS p (blob) WHERE octet_length(p.blob) > 12582912)
    OR (p_sealed IS NULL AND cardinality(p_photos) = 0)
    OR (SELECT count(DISTINCT p.id) FROM unnest(p_photo_ids) AS p (id)) <> cardinality(p_photo_ids)
  THEN
    RETURN 'refused';
  END IF;
  IF NOT EXISTS (
    SELECT FROM public.tips_deskkey k
    WHERE k.kid = p_kid AND k.proven_at IS NOT NULL AND k.retired_at IS NULL
  ) THEN
    RETURN 'stale_key';
  END IF;
  SELECT t.id, t.reference INTO tip FROM public.tips_tip t WHERE t.lookup = p_lookup FOR UPDATE;
  IF NOT FOUND THEN
    RETURN 'unknown';
  END IF;
  IF EXISTS (SELECT FROM public.tips_message m WHERE m.sent = p_sent) THEN
    RETURN 'repeated';
  END IF;
  IF 50 <= (
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
  INSERT INTO public.tips_message (id, tip_id, number, from_desk, by, at, sent, sealed)
    VALUES (p_id, tip.id, newest_message + 1, false, '', this_hour, p_sent, p_sealed);
  INSERT INTO public.tips_photo (id, tip_id, message_id, number, sealed)
    SELECT p_photo_ids[i], tip.id, p_id, newest_photo + i, p_photos[i]
    FROM generate_subscripts(p_photos, 1) AS i;
  UPDATE public.tips_tip t SET
    status = CASE WHEN t.status IN ('waiting', 'closed') THEN 'active' ELSE t.status END,
    outcome = '',
    look_again = CASE WHEN t.status IN ('waiting', 'closed') THEN NULL ELSE t.look_again END,
    waiting_since = coalesce(t.waiting_since, this_hour)
  WHERE t.id = tip.id;
  INSERT INTO public.tips_event (id, at, verb, by, about, tip_id, reference, count)
    VALUES (gen_random_uuid(), this_hour, 'message', '', '', tip.id, tip.reference,
      cardinality(p_photos));
  RETURN 'received';
END $$;

-- The code was typed back: its box is emptied at once. True where there is such a tip.
CREATE OR REPLACE FUNCTION public.receipt_kept(p_lookup bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.tips_tip t SET box = NULL, box_until = NULL
    WHERE t.lookup = p_lookup AND t.box IS NOT NULL;
  RETURN EXISTS (SELECT FROM public.tips_tip t WHERE t.lookup = p_lookup);
END $$;

-- The citizen's side of the dialogue, in order: row 0 is the tip; only the desk's words come along.
-- An opening's count is the newest message that was there, so what came later is not called read.
CREATE OR REPLACE FUNCTION public.follow_up(p_lookup bytea)
RETURNS TABLE (
  reference text, number integer, from_desk boolean, at timestamptz, photos integer,
  read_at timestamptz, message_id uuid, sealed bytea
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH tip AS (
    SELECT t.id, t.reference, t.received_at FROM public.tips_tip t WHERE t.lookup = p_lookup
  ), entry AS (
    SELECT tip.id AS tip_id, tip.reference, 0 AS number, false AS from_desk, tip.received_at AS at,
      NULL::uuid AS message_id, NULL::bytea AS sealed
    FROM tip
    UNION ALL
    SELECT tip.id, tip.reference, m.number, m.from_desk, date_trunc('hour', m.at),
      m.id, CASE WHEN m.from_desk THEN m.sealed END
    FROM tip JOIN public.tips_message m ON m.tip_id = tip.id
  )
  SELECT e.reference::text, e.number, e.from_desk, e.at,
    (SELECT count(*)::integer FROM public.tips_photo p WHERE p.message_id = e.message_id),
    (SELECT date_trunc('hour', min(v.at)) FROM public.tips_event v
      WHERE v.tip_id = e.tip_id AND v.verb = 'opened' AND v.count >= e.number AND NOT e.from_desk),
    e.message_id, e.sealed
  FROM entry e ORDER BY e.number
$$;

-- Which of these look-up ids are a tip's: so that a code is cut out of a text, and nothing else is.
CREATE OR REPLACE FUNCTION public.codes_among(p_lookups bytea[]) RETURNS SETOF bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.lookup FROM public.tips_tip t
  WHERE cardinality(p_lookups) <= 30000 AND t.lookup = ANY (p_lookups)
$$;

-- The desk's: an empty proven_at becomes now, and nothing else of a desk key can be changed.
CREATE OR REPLACE FUNCTION public.prove_desk_key(p_kid bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.tips_deskkey k SET proven_at = now() WHERE k.kid = p_kid AND k.proven_at IS NULL;
  RETURN FOUND;
END $$;

-- Behind the grants: no statement of anybody's, the owner's included, changes or deletes a row of the
-- trail or of the notes. (Only the owner may TRUNCATE or drop the trigger; no serving role may.)
CREATE OR REPLACE FUNCTION public.append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'append only';
END $$;

DROP TRIGGER IF EXISTS append_only ON public.tips_event;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.tips_event
  FOR EACH ROW EXECUTE FUNCTION public.append_only();
DROP TRIGGER IF EXISTS append_only ON public.tips_note;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON public.tips_note
  FOR EACH ROW EXECUTE FUNCTION public.append_only();
