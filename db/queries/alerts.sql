-- name: due_conversations
-- Conversations of which a rule may have something to say now. Rows that triage or a person holds come next time.
SELECT c.id, c.thread_id, c.source_id, s.name AS source_name, s.kind AS source_kind, s.added_at AS source_added_at,
       c.appeal, c.state, c.waiting_since, coalesce(w.first_seen_at, c.first_seen_at) AS waiting_seen_at,
       c.first_answer_at, c.promised_until, c.closed_by, c.closed_because,
       CASE WHEN c.is_checkable THEN t.checked_at END AS checked_at,
       (SELECT max(coalesce(p.published_at, p.first_seen_at)) FROM post p
         WHERE p.id = ANY(c.post_ids) AND p.is_official AND p.gone_at IS NULL) AS answered_at,
       (SELECT m.because FROM conversation_move m
         WHERE m.conversation_id = c.id ORDER BY m.id DESC LIMIT 1) AS last_because
  FROM conversation c
  JOIN thread t ON t.id = c.thread_id
  JOIN source s ON s.id = c.source_id
  LEFT JOIN post w ON w.id = c.waiting_post_id
 WHERE c.look_at <= %(now)s
 ORDER BY c.look_at, c.id
 LIMIT %(limit)s
   FOR UPDATE OF c SKIP LOCKED

-- name: ended_conversations
-- Conversations with an unfinished alert that wait for us no longer, whatever their look_at says.
SELECT c.id, c.thread_id, c.source_id, s.name AS source_name, s.kind AS source_kind, s.added_at AS source_added_at,
       c.appeal, c.state, c.waiting_since, coalesce(w.first_seen_at, c.first_seen_at) AS waiting_seen_at,
       c.first_answer_at, c.promised_until, c.closed_by, c.closed_because,
       CASE WHEN c.is_checkable THEN t.checked_at END AS checked_at,
       (SELECT max(coalesce(p.published_at, p.first_seen_at)) FROM post p
         WHERE p.id = ANY(c.post_ids) AND p.is_official AND p.gone_at IS NULL) AS answered_at,
       (SELECT m.because FROM conversation_move m
         WHERE m.conversation_id = c.id ORDER BY m.id DESC LIMIT 1) AS last_because
  FROM alert a
  JOIN conversation c ON c.id = a.conversation_id
  JOIN thread t ON t.id = c.thread_id
  JOIN source s ON s.id = c.source_id
  LEFT JOIN post w ON w.id = c.waiting_post_id
 WHERE a.state <> 'resolved' AND a.kind = 'unanswered' AND c.state <> 'waiting_us'
 ORDER BY c.id
   FOR UPDATE OF c SKIP LOCKED

-- name: set_look_at
-- When to look at these again.
UPDATE conversation c
   SET look_at = n.look_at
  FROM unnest(%(ids)s::bigint[], %(times)s::timestamptz[]) AS n (id, look_at)
 WHERE c.id = n.id

-- name: open_alerts
-- The unfinished alerts of these conversations, held until the decision is written.
SELECT id, kind, fingerprint, conversation_id, source_id, state, level, facts, opened_at, taken_by, snoozed_until,
       (SELECT name FROM source WHERE source.id = source_id) AS source_name
  FROM alert
 WHERE conversation_id = ANY(%(conversation_ids)s) AND state <> 'resolved'
 ORDER BY id
   FOR UPDATE

-- name: standing_alerts
-- Unfinished alerts that follow no single conversation: digests, sources, and those whose conversation is gone.
SELECT id, kind, fingerprint, conversation_id, source_id, state, level, facts, opened_at, taken_by, snoozed_until,
       (SELECT name FROM source WHERE source.id = source_id) AS source_name
  FROM alert
 WHERE state <> 'resolved' AND conversation_id IS NULL
 ORDER BY id
   FOR UPDATE

-- name: open_alert
-- Begin an alert, or hold the unfinished one of this fingerprint.
INSERT INTO alert (kind, fingerprint, conversation_id, source_id, state, level, facts, opened_at, changed_at)
VALUES (%(kind)s, %(fingerprint)s, %(conversation_id)s, %(source_id)s, 'open', %(level)s, %(facts)s, %(now)s, %(now)s)
    ON CONFLICT (fingerprint) WHERE state <> 'resolved' DO UPDATE SET changed_at = alert.changed_at
RETURNING id, kind, fingerprint, conversation_id, source_id, state, level, facts, opened_at, taken_by, snoozed_until,
          (SELECT name FROM source WHERE source.id = source_id) AS source_name

-- name: set_level
-- Say how bad it is now, and the facts the message is made of.
UPDATE alert SET level = %(level)s, facts = facts || %(facts)s, changed_at = %(now)s WHERE id = %(alert_id)s

-- name: move_alert
-- Compare-and-set: nothing is returned when somebody else was first.
UPDATE alert
   SET state = %(after)s,
       changed_at = %(at)s,
       taken_by = CASE WHEN %(after)s = 'taken' THEN %(by)s ELSE taken_by END,
       taken_at = CASE WHEN %(after)s = 'taken' THEN %(at)s ELSE taken_at END,
       snoozed_until = %(snoozed_until)s,
       resolved_at = CASE WHEN %(after)s = 'resolved' THEN %(at)s END,
       resolved_by = CASE WHEN %(after)s = 'resolved' THEN %(by)s END,
       resolved_because = CASE WHEN %(after)s = 'resolved' THEN %(because)s END
 WHERE id = %(alert_id)s AND state = %(before)s
RETURNING id

-- name: told
-- What each channel was told of these alerts, and whether a message of unknown outcome may stand there.
SELECT alert_id, channel, told, doubts FROM card WHERE alert_id = ANY(%(alert_ids)s)

-- name: told_in_digests
-- What channels learned of these conversations from a flood digest.
SELECT i.conversation_id, a.facts ->> 'channel' AS channel, i.told, i.added_at
  FROM digest_item i
  JOIN alert a ON a.id = i.alert_id
 WHERE i.conversation_id = ANY(%(conversation_ids)s) AND a.kind = 'flood'
 ORDER BY i.added_at

-- name: told_as_history
-- Which of these conversations a history digest told of already, in the turn that began at the time given.
SELECT DISTINCT i.conversation_id
  FROM digest_item i
  JOIN alert a ON a.id = i.alert_id
 WHERE i.conversation_id = ANY(%(conversation_ids)s) AND a.kind = 'history'

-- name: add_digest_items
-- Put conversations into a digest; those already in it stay as they are.
INSERT INTO digest_item (alert_id, conversation_id, added_at, told, due_at)
SELECT %(alert_id)s, n.id, %(now)s, n.told, n.due_at
  FROM unnest(%(conversation_ids)s::bigint[], %(told)s::jsonb[], %(due_at)s::timestamptz[]) AS n (id, told, due_at)
    ON CONFLICT DO NOTHING

-- name: digest_counts
-- How many a digest holds, and how they stand: seen to be unanswered, or not looked at since the answer was due.
SELECT count(*) AS size,
       count(*) FILTER (WHERE c.state = 'waiting_us'
                          AND c.is_checkable AND t.checked_at >= least(i.due_at, i.added_at)) AS waiting,
       count(*) FILTER (WHERE c.state = 'waiting_us'
                          AND (c.is_checkable AND t.checked_at >= least(i.due_at, i.added_at)) IS NOT TRUE) AS unchecked,
       min(coalesce(c.waiting_since, c.opened_at)) FILTER (WHERE c.state = 'waiting_us') AS oldest_at,
       max(coalesce(c.waiting_since, c.opened_at)) FILTER (WHERE c.state = 'waiting_us') AS newest_at
  FROM digest_item i
  JOIN conversation c ON c.id = i.conversation_id
  JOIN thread t ON t.id = c.thread_id
 WHERE i.alert_id = %(alert_id)s

-- name: digest_worst
-- The conversations of a digest to show by name: complaints first, the worst ratings, the newest.
SELECT c.id
  FROM digest_item i
  JOIN conversation c ON c.id = i.conversation_id
  JOIN post p ON p.id = coalesce(c.waiting_post_id, c.opening_post_id)
 WHERE i.alert_id = %(alert_id)s AND c.state = 'waiting_us'
 ORDER BY c.appeal <> 'complaint', p.rating NULLS LAST, coalesce(c.waiting_since, c.opened_at) DESC NULLS LAST, c.id
 LIMIT %(limit)s

-- name: source_totals
-- Everything known of a source, for the difference between two digests: posts by people, and appeals by kind.
SELECT (SELECT count(*) FROM post WHERE source_id = %(source_id)s AND NOT is_official) AS posts,
       count(*) FILTER (WHERE appeal = 'complaint') AS complaints,
       count(*) FILTER (WHERE appeal = 'question') AS questions
  FROM conversation
 WHERE source_id = %(source_id)s

-- name: totals_told
-- What the digests before this one had counted already.
SELECT facts -> 'totals'
  FROM alert
 WHERE kind = 'history' AND source_id = %(source_id)s AND id < %(alert_id)s AND facts ? 'totals'
 ORDER BY id DESC
 LIMIT 1

-- name: load_is_running
-- Whether more of this source is on its way: a look that runs, threads to build, wordings without a verdict.
SELECT EXISTS (SELECT 1 FROM crawl
                WHERE source_id = %(source_id)s AND outcome = 'running' AND started_at > %(now)s - interval '1 hour')
    OR EXISTS (SELECT 1 FROM thread WHERE source_id = %(source_id)s AND revision > built_revision)
    OR EXISTS (SELECT 1 FROM post
                WHERE source_id = %(source_id)s AND judged_by IS NULL AND NOT is_official AND kind <> 'answer')

-- name: troubled_sources
-- Sources that cannot be read until a person does something.
SELECT id, needs_person FROM source WHERE needs_person IS NOT NULL AND is_active

-- name: view
-- An alert as its message needs it, but for its conversation and counts.
SELECT a.id, a.kind, a.state, a.level, a.facts, a.opened_at, a.taken_by, a.taken_at, a.snoozed_until, a.resolved_at,
       a.resolved_by, a.resolved_because, a.conversation_id, a.source_id, coalesce(s.name, '') AS source_name,
       coalesce(s.kind, '') AS source_kind, s.needs_person,
       (SELECT max(finished_at) FROM crawl
         WHERE source_id = a.source_id AND outcome IN ('complete', 'partial')) AS last_good_at
  FROM alert a
  LEFT JOIN source s ON s.id = a.source_id
 WHERE a.id = %(alert_id)s

-- name: conversation_views
-- Conversations with the words they wait with, in the order of the ids given.
SELECT c.id, c.appeal, coalesce(nullif(p.text, ''), o.text) AS text, p.attachments, coalesce(p.rating, o.rating) AS rating,
       coalesce(p.url, o.url) AS url, c.waiting_since, c.opened_at, c.first_seen_at,
       CASE WHEN c.is_checkable THEN t.checked_at END AS checked_at
  FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS n (id, place)
  JOIN conversation c ON c.id = n.id
  JOIN thread t ON t.id = c.thread_id
  JOIN post o ON o.id = c.opening_post_id
  JOIN post p ON p.id = coalesce(c.waiting_post_id, c.opening_post_id)
 ORDER BY n.place

-- name: answer_seen
-- The answer that ended a wait: the first official word at or after its beginning, or the last one without dates.
SELECT p.text, p.published_at
  FROM conversation c
  JOIN post p ON p.id = ANY(c.post_ids)
 WHERE c.id = %(conversation_id)s AND p.is_official AND p.gone_at IS NULL
 ORDER BY (p.published_at >= %(since)s) DESC NULLS LAST,
          CASE WHEN p.published_at >= %(since)s THEN p.published_at END,
          p.published_at DESC NULLS LAST, p.id DESC
 LIMIT 1


-- name: lock_alert
-- Hold an alert while what was told of it is compared with what it is.
SELECT id FROM alert WHERE id = %(alert_id)s FOR UPDATE

-- name: be_the_only_one
-- One decision at a time; the other finds nothing to do.
SELECT pg_try_advisory_xact_lock(7011868)
