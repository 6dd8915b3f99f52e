-- name: by_name
-- One source as the crawler needs it.
SELECT id, name, kind, settings, bookmark, is_active FROM source WHERE name = %(name)s;

-- name: active
-- What is watched now, in the order it was added.
SELECT id, name, kind, settings, bookmark, is_active FROM source WHERE is_active ORDER BY id;

-- name: move_bookmark
-- Forward only: a run that started earlier and ended later takes nothing back.
UPDATE source SET bookmark = greatest(bookmark, %(to)s) WHERE id = %(source_id)s;

-- name: set_needs_person
-- Or clear it, with NULL. Gives a row only when that changed something, so that a person hears of it once.
UPDATE source SET needs_person = %(what)s
 WHERE id = %(source_id)s AND needs_person IS DISTINCT FROM %(what)s
RETURNING id;

-- name: due
-- Sources whose turn it is. One that just failed, or waits for a person, is asked more and more seldom, an
-- hour at most: nobody has to tell us that the token was renewed. One that is being read is left alone.
SELECT s.name
  FROM source s
 CROSS JOIN LATERAL (
        SELECT max(c.started_at) AS last_at,
               bool_or(c.finished_at IS NULL AND c.outcome = 'running'
                       AND c.started_at > %(now)s - %(stale_after)s) AS is_running,
               count(*) FILTER (WHERE c.outcome <> 'running' AND c.started_at > g.good_at) AS bad_runs
          FROM (SELECT coalesce(max(started_at), '-infinity') AS good_at FROM crawl
                 WHERE source_id = s.id AND outcome IN ('complete', 'partial')) g
          LEFT JOIN crawl c ON c.source_id = s.id AND c.started_at > %(now)s - interval '2 days') r
 WHERE s.is_active
   AND s.kind = ANY(%(kinds)s)
   AND NOT coalesce(r.is_running, false)
   AND (r.last_at IS NULL
        OR r.last_at + least(interval '1 hour',
               make_interval(mins => coalesce((s.settings ->> 'every_minutes')::int, %(every_minutes)s))
               * power(2, least(r.bad_runs, 6))) <= %(now)s + %(slack)s)
 ORDER BY r.last_at NULLS FIRST, s.id;

-- name: official_keys
-- Accounts that speak for the company in a source, beside those the source itself shows.
SELECT author_key FROM official_account WHERE source_id = %(source_id)s;
