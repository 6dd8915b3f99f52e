-- name: begin
-- A look begins; the row is there before the first call, so that a kill leaves a trace.
INSERT INTO crawl (source_id, started_at, signpost) VALUES (%(source_id)s, %(at)s, %(at)s) RETURNING id;

-- name: finish
-- What the look got and why it stopped. A row already marked killed stays so: its parent gave up on it.
UPDATE crawl
   SET finished_at = %(at)s, outcome = %(outcome)s, reason = %(reason)s, asked = %(asked)s, got = %(got)s,
       new = %(new)s, edited = %(edited)s, gone = %(gone)s, rejected = %(rejected)s
 WHERE id = %(crawl_id)s AND outcome = 'running';

-- name: progress
-- Counters so far, for whoever reads the row of a look that never ended.
UPDATE crawl
   SET asked = %(asked)s, got = %(got)s, new = %(new)s, edited = %(edited)s, gone = %(gone)s, rejected = %(rejected)s
 WHERE id = %(crawl_id)s AND outcome = 'running';

-- name: mark_killed
-- The child that ran these is dead.
UPDATE crawl SET outcome = 'killed', finished_at = %(at)s, reason = %(reason)s
 WHERE source_id = %(source_id)s AND outcome = 'running';

-- name: mark_stale
-- Nobody works on these any more: the machine went down with child and parent.
UPDATE crawl SET outcome = 'killed', finished_at = %(now)s, reason = 'нет признаков жизни: процесс прерван'
 WHERE outcome = 'running' AND started_at <= %(now)s - %(stale_after)s
RETURNING id;

-- name: last_ended
-- The newest look at a source that came to its end: what it could not see may be compared with now.
SELECT id, source_id, started_at, finished_at, outcome, reason, asked, got, new, edited, gone, rejected, signpost
  FROM crawl WHERE source_id = %(source_id)s AND outcome IN ('complete', 'partial')
 ORDER BY started_at DESC, id DESC LIMIT 1;

-- name: mark_orphans
-- For a start that is surely alone: whoever was looking is gone.
UPDATE crawl SET outcome = 'killed', finished_at = %(now)s, reason = 'прервано остановкой'
 WHERE outcome = 'running';

-- name: last
-- The newest look at a source, however it ended.
SELECT id, source_id, started_at, finished_at, outcome, reason, asked, got, new, edited, gone, rejected, signpost
  FROM crawl WHERE source_id = %(source_id)s ORDER BY started_at DESC, id DESC LIMIT 1;
