-- name: queue
-- One page of conversations that are our turn, longest wait first; {{which}} and the others are chosen by db.pages.
-- OFFSET 0 has each thread looked up by its key: a join might read all threads, however few conversations wait.
SELECT c.id, c.source_id, s.name AS source_name, s.kind AS source_kind, s.needs_person, c.appeal, c.state,
       w.author_name AS author, left(w.text, 2000) AS text, w.attachments, w.rating, w.url, w.gone_at,
       c.waiting_since, coalesce(w.first_seen_at, c.first_seen_at) AS waiting_seen_at,
       c.first_answer_at, c.promised_until, t.checked_at, c.is_checkable,
       cardinality(c.voice_ids) AS voices, {place} AS place_at,
       a.id AS alert_id, a.state AS alert_state, a.taken_by, a.snoozed_until
  FROM conversation c
  CROSS JOIN LATERAL (SELECT checked_at FROM thread WHERE id = c.thread_id OFFSET 0) t
  JOIN source s ON s.id = c.source_id
  LEFT JOIN post w ON w.id = coalesce(c.waiting_post_id, c.opening_post_id)
  LEFT JOIN LATERAL (SELECT id, state, taken_by, snoozed_until FROM alert
                      WHERE conversation_id = c.id AND kind = 'unanswered' AND state <> 'resolved'
                      ORDER BY id DESC LIMIT 1) a ON true
 WHERE {which} {of_source} {after} {with_clock}
 ORDER BY {place}, c.id
 LIMIT %(limit)s;

-- name: clock
-- State of a conversation's clock, looked up: the deadline of the first mark of the ruler that is not before its start.
CASE WHEN NOT (c.appeal = 'none' OR c.appeal = ANY(%(appeals)s)) THEN 'none'
     WHEN %(now)s > (%(due)s::timestamptz[])[{calendar}][{mark}]
     THEN CASE WHEN t.checked_at > (%(due)s::timestamptz[])[{calendar}][{mark}] THEN 'breach' ELSE 'not_checked' END
     WHEN t.checked_at IS NULL THEN 'not_checked'
     WHEN %(now)s >= (%(warn)s::timestamptz[])[{calendar}][{mark}] THEN 'warning'
     ELSE 'ok' END

-- name: clock_counts
-- How many wait for us by the state of their clock; of a queue longer than the limit, only its oldest part.
SELECT clock, count(*)
  FROM (SELECT {clock} AS clock
          FROM conversation c
          CROSS JOIN LATERAL (SELECT checked_at FROM thread WHERE id = c.thread_id OFFSET 0) t
         WHERE {which} {of_source}
         ORDER BY {place}, c.id
         LIMIT %(limit)s) oldest
 GROUP BY clock;

-- name: count
-- How many there are, up to the limit.
SELECT count(*) FROM (SELECT 1 FROM conversation c WHERE {which} {of_source} LIMIT %(limit)s) found;

-- name: sources
-- Every source that has conversations or is read, for the filter.
SELECT id, name, kind FROM source
 WHERE is_active OR EXISTS (SELECT 1 FROM conversation WHERE source_id = source.id AND state = 'waiting_us')
 ORDER BY name;

-- name: conversation
-- One conversation with where it stands.
SELECT c.id, c.source_id, s.name AS source_name, s.kind AS source_kind, s.needs_person, c.customer, c.appeal,
       c.state, c.turn, c.opened_at, c.first_seen_at, c.first_answer_at, c.waiting_since, c.waiting_post_id,
       coalesce(w.first_seen_at, c.first_seen_at) AS waiting_seen_at, c.promised_until, c.post_ids,
       c.opening_post_id, t.checked_at, c.is_checkable,
       cardinality(c.voice_ids) AS voices
  FROM conversation c
  JOIN thread t ON t.id = c.thread_id
  JOIN source s ON s.id = c.source_id
  LEFT JOIN post w ON w.id = c.waiting_post_id
 WHERE c.id = %(id)s;

-- name: conversation_posts
-- Its posts in the order in which they were said, with earlier wordings and what was judged of the present one.
-- The post on top of the thread comes along, so that people see what is being talked about.
SELECT p.id, p.external_id, p.author_key, p.author_name AS author, p.is_official, p.rating, p.text, p.version,
       p.published_at, p.edited_at, p.first_seen_at, p.gone_at, p.attachments, p.url,
       p.id = ANY(c.post_ids) AS is_part,
       coalesce((SELECT jsonb_agg(jsonb_build_object('text', v.text, 'rating', v.rating, 'seen_at', v.seen_at)
                                  ORDER BY v.version DESC)
                   FROM post_version v WHERE v.post_id = p.id), '[]') AS versions,
       coalesce((SELECT jsonb_agg(jsonb_build_object('model', v.model_id, 'sentiment', v.sentiment,
                                  'appeal', v.appeal, 'score', v.appeal_scores -> v.appeal,
                                  'calibrated', v.calibrated) ORDER BY v.model_id = p.judged_by DESC, v.at DESC)
                   FROM verdict v WHERE v.post_id = p.id AND v.version = p.version), '[]') AS verdicts,
       (SELECT jsonb_build_object('appeal', k.appeal, 'by', k.by) FROM correction k
         WHERE k.post_id = p.id AND k.version = p.version) AS correction
  FROM conversation c
  JOIN thread t ON t.id = c.thread_id
  JOIN post p ON p.id = ANY(c.post_ids) OR (p.source_id = t.source_id AND p.external_id = t.root_external_id)
 WHERE c.id = %(id)s
 ORDER BY coalesce(p.published_at, p.first_seen_at), p.id;

-- name: conversation_alerts
-- Alerts about it, newest first: its own, and the digests that told of it.
SELECT a.id, a.kind, a.state, a.level, a.opened_at, a.taken_by, a.snoozed_until, a.resolved_at, a.resolved_by,
       a.resolved_because
  FROM alert a
 WHERE a.conversation_id = %(id)s
    OR a.id IN (SELECT alert_id FROM digest_item WHERE conversation_id = %(id)s)
 ORDER BY a.id DESC;

-- name: conversation_actions
-- What people did about it, oldest first.
SELECT n.verb, n.by, n.via, n.at, n.outcome
  FROM action n
  JOIN alert a ON a.id = n.alert_id
 WHERE a.conversation_id = %(id)s
 ORDER BY n.id;

-- name: conversation_messages
-- Which channel was told of it, when and why, oldest first.
SELECT d.channel, d.reason, d.sent_at AS at
  FROM delivery d
  JOIN alert a ON a.id = d.alert_id
 WHERE d.state = 'sent'
   AND (a.conversation_id = %(id)s OR a.id IN (SELECT alert_id FROM digest_item WHERE conversation_id = %(id)s))
 ORDER BY d.id;

-- name: hold_thread
-- First of the locks, taken in one order everywhere: thread, conversation, alert.
SELECT id FROM thread WHERE id = (SELECT thread_id FROM conversation WHERE id = %(id)s) FOR UPDATE;

-- name: hold_conversation
-- Second of them.
SELECT id FROM conversation WHERE id = %(id)s FOR UPDATE;

-- name: is_there
-- Whether the database answers at all.
SELECT 1;
