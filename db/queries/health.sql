-- name: sources
-- Each source with its last look and its last good one.
SELECT s.name, s.kind, s.is_active, s.needs_person, s.settings,
       last.started_at AS last_at, last.outcome AS last_outcome, last.reason AS last_reason,
       good.finished_at AS good_at
  FROM source s
  LEFT JOIN LATERAL (SELECT started_at, outcome, reason FROM crawl c
                      WHERE c.source_id = s.id ORDER BY started_at DESC LIMIT 1) last ON true
  LEFT JOIN LATERAL (SELECT finished_at FROM crawl c
                      WHERE c.source_id = s.id AND outcome = 'complete' ORDER BY started_at DESC LIMIT 1) good ON true
 WHERE s.is_active OR s.needs_person IS NOT NULL
 ORDER BY s.name;

-- name: waiting
-- What is behind: threads to derive, messages due and overdue, messages that will never go.
SELECT (SELECT count(*) FROM thread WHERE revision > built_revision) AS threads_to_build,
       (SELECT count(*) FROM delivery WHERE state = 'due') AS deliveries_due,
       (SELECT count(*) FROM delivery WHERE state = 'due' AND due_at < %(now)s - interval '10 minutes') AS deliveries_overdue,
       (SELECT count(*) FROM delivery WHERE state = 'failed' AND created_at > %(now)s - interval '7 days') AS deliveries_failed,
       (SELECT min(error) FROM delivery WHERE state = 'failed' AND created_at > %(now)s - interval '7 days') AS failed_because,
       (SELECT coalesce(sum(rejected), 0) FROM crawl WHERE started_at > %(now)s - interval '7 days') AS rejected,
       (SELECT count(*) FROM conversation WHERE state = 'waiting_us') AS conversations_waiting;

-- name: put_fact
INSERT INTO fact (name, value, at) VALUES (%(name)s, %(value)s, %(now)s)
ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value, at = EXCLUDED.at;

-- name: get_fact
SELECT value, at FROM fact WHERE name = %(name)s;

-- name: migrations
SELECT count(*) FROM migration;
