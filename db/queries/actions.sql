-- name: action_of_event
-- What came of a press that was delivered before.
SELECT alert_id, verb, by, outcome FROM action WHERE event_key = %(event_key)s

-- name: target
-- The alert a person points at, with the conversation behind it.
SELECT a.conversation_id, c.thread_id
  FROM alert a
  LEFT JOIN conversation c ON c.id = a.conversation_id
 WHERE a.id = %(alert_id)s

-- name: hold_thread
-- First of the locks, taken in one order everywhere: thread, conversation, alert.
SELECT id FROM thread WHERE id = %(thread_id)s FOR UPDATE

-- name: hold_conversation
-- The words a person decided about are those that wait, else the ones that opened it.
SELECT c.id, c.thread_id, coalesce(p.id, o.id) AS post_id, coalesce(p.version, o.version) AS version
  FROM conversation c
  JOIN post o ON o.id = c.opening_post_id
  LEFT JOIN post p ON p.id = c.waiting_post_id
 WHERE c.id = %(conversation_id)s
   FOR UPDATE OF c

-- name: hold_alert
-- The alert as it is until the transaction ends.
SELECT id, kind, state, level, taken_by, taken_at, snoozed_until, resolved_by, resolved_because, resolved_at,
       (SELECT name FROM source WHERE source.id = source_id) AS source_name
  FROM alert
 WHERE id = %(alert_id)s
   FOR UPDATE

-- name: record_action
-- Append-only; the second press of one event adds nothing.
INSERT INTO action (alert_id, verb, by, via, at, event_key, outcome)
VALUES (%(alert_id)s, %(verb)s, %(by)s, %(via)s, %(at)s, %(event_key)s, %(outcome)s)
    ON CONFLICT ON CONSTRAINT action_event_is_unique DO NOTHING
RETURNING id

-- name: rebuild_thread
-- Its conversations are derived again, now with the person's word in them.
UPDATE thread SET revision = revision + 1 WHERE id = %(thread_id)s

-- name: save_correction
-- What a person said of this wording; the last word counts.
INSERT INTO correction (post_id, version, appeal, by, at)
VALUES (%(post_id)s, %(version)s, %(appeal)s, %(by)s, %(at)s)
    ON CONFLICT (post_id, version) DO UPDATE SET appeal = excluded.appeal, by = excluded.by, at = excluded.at

-- name: look_at_conversation
-- Come back to it when its snooze ends.
UPDATE conversation SET look_at = %(at)s WHERE id = %(conversation_id)s

-- name: actions_of_alert
-- What people did with an alert, in order.
SELECT verb, by, via, at, outcome FROM action WHERE alert_id = %(alert_id)s ORDER BY id
