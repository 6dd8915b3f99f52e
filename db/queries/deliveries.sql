-- name: supersede
-- What was owed to the channel about this alert is out of date: a newer message tells everything.
UPDATE delivery SET state = 'superseded'
 WHERE alert_id = %(alert_id)s AND channel = %(channel)s AND state = 'due'

-- name: owe
-- One message owed to one channel; delivery_due_once lets only one wait per alert and channel.
INSERT INTO delivery (alert_id, channel, reason, snapshot, created_at, due_at)
VALUES (%(alert_id)s, %(channel)s, %(reason)s, %(snapshot)s, %(now)s, %(now)s)
RETURNING id

-- name: owed
-- What waits for these alerts: an unchanged decision is not written twice.
SELECT alert_id, channel, reason, snapshot, created_at, due_at FROM delivery
 WHERE alert_id = ANY(%(alert_ids)s) AND state = 'due'

-- name: lease_due_delivery
-- Hand the oldest due message to one worker. Its lease runs out by itself: a worker that dies loses no message.
-- A message waits while an earlier one about the same alert may still be on its way to the same channel.
UPDATE delivery
   SET attempts = attempts + 1, leased_until = %(now)s + %(lease)s
 WHERE id = (SELECT d.id FROM delivery d
              WHERE d.state = 'due' AND d.due_at <= %(now)s
                AND (d.leased_until IS NULL OR d.leased_until <= %(now)s)
                AND NOT EXISTS (SELECT 1 FROM delivery o
                                 WHERE o.alert_id = d.alert_id AND o.channel = d.channel AND o.id < d.id
                                   AND o.state = 'superseded' AND o.leased_until > %(now)s)
              ORDER BY d.due_at, d.id
              LIMIT 1
                FOR UPDATE SKIP LOCKED)
RETURNING id, alert_id, channel, reason, attempts, created_at

-- name: card
-- Where an alert's message stands in a channel.
SELECT ref, told, doubts, doubted_at FROM card WHERE alert_id = %(alert_id)s AND channel = %(channel)s

-- name: doubt
-- A post begins: until its outcome is recorded the message may or may not stand in the channel.
INSERT INTO card (alert_id, channel, doubts, doubted_at)
VALUES (%(alert_id)s, %(channel)s, 1, %(now)s)
    ON CONFLICT (alert_id, channel) DO UPDATE
       SET doubts = card.doubts + 1, doubted_at = coalesce(card.doubted_at, excluded.doubted_at)

-- name: undoubt
-- The post surely did not happen.
UPDATE card
   SET doubts = greatest(doubts - 1, 0), doubted_at = CASE WHEN doubts > 1 THEN doubted_at END
 WHERE alert_id = %(alert_id)s AND channel = %(channel)s

-- name: record_card
-- The message stands there and says this.
INSERT INTO card (alert_id, channel, ref, told, told_at)
VALUES (%(alert_id)s, %(channel)s, %(ref)s, %(told)s, %(now)s)
    ON CONFLICT (alert_id, channel) DO UPDATE
       SET ref = excluded.ref, told = excluded.told, told_at = excluded.told_at, doubts = 0, doubted_at = NULL

-- name: mark_sent
-- Sent, also when a newer decision superseded it meanwhile.
UPDATE delivery SET state = 'sent', sent_at = %(now)s, leased_until = NULL, error = NULL
 WHERE id = %(id)s AND state IN ('due', 'superseded')

-- name: mark_dropped
-- Nothing had been told, so there is nothing to take back.
UPDATE delivery SET state = 'superseded', leased_until = NULL WHERE id = %(id)s AND state = 'due'

-- name: mark_failed
-- A person has to change something: shown by doctor, not tried again.
UPDATE delivery SET state = 'failed', leased_until = NULL, error = %(error)s
 WHERE id = %(id)s AND state IN ('due', 'superseded')

-- name: put_off
-- Try again later; the lease is given back.
UPDATE delivery SET due_at = greatest(due_at, %(due_at)s), leased_until = NULL, error = %(error)s WHERE id = %(id)s

-- name: put_off_channel
-- The channel asks for a pause: everything owed to it waits.
UPDATE delivery SET due_at = %(due_at)s
 WHERE channel = ANY(%(channels)s) AND state = 'due' AND due_at < %(due_at)s
   AND (leased_until IS NULL OR leased_until <= %(now)s)

-- name: called_in_the_last_hour
-- New messages each channel got, or is owed, since an hour: the flood guard.
SELECT channel, count(*)
  FROM delivery
 WHERE reason = 'first' AND created_at > %(since)s AND state IN ('due', 'sent')
 GROUP BY channel

-- name: health
-- Messages that are late, and those that failed for good: doctor's lines.
SELECT count(*) AS due,
       count(*) FILTER (WHERE due_at < %(late_before)s) AS overdue,
       min(due_at) AS oldest_due_at
  FROM delivery
 WHERE state = 'due'

-- name: failures
-- What failed for good lately, newest first, by channel and reason.
SELECT channel, error, count(*) AS count, max(created_at) AS last_at
  FROM delivery
 WHERE state = 'failed' AND created_at > %(since)s
 GROUP BY channel, error
 ORDER BY last_at DESC

-- name: revive
-- What failed for good is owed again: called after somebody mended a token, a channel or the file.
UPDATE delivery d
   SET state = 'due', due_at = %(now)s, attempts = 0, error = NULL
  FROM alert a
 WHERE a.id = d.alert_id AND d.state = 'failed'
   AND NOT EXISTS (SELECT 1 FROM delivery n
                    WHERE n.alert_id = d.alert_id AND n.channel = d.channel AND n.id > d.id)
   AND (a.state <> 'resolved' OR EXISTS (SELECT 1 FROM card c
                                          WHERE c.alert_id = d.alert_id AND c.channel = d.channel))
