-- name: pending
-- Customers' posts whose present wording the model has not judged: first those nobody judged, newest first, then
-- those another model did. Each arm walks the index post_to_judge from its end, whatever lies behind it.
(SELECT id, version, thread_id, kind, text
   FROM post
  WHERE NOT is_official AND kind <> 'answer' AND judged_by IS NULL
  ORDER BY judged_by DESC, id DESC
  LIMIT %(limit)s)
UNION ALL
(SELECT id, version, thread_id, kind, text
   FROM post
  WHERE NOT is_official AND kind <> 'answer' AND judged_by < %(model_id)s
  ORDER BY judged_by DESC, id DESC
  LIMIT %(limit)s)
UNION ALL
(SELECT id, version, thread_id, kind, text
   FROM post
  WHERE NOT is_official AND kind <> 'answer' AND judged_by > %(model_id)s
  ORDER BY judged_by DESC, id DESC
  LIMIT %(limit)s)
LIMIT %(limit)s;

-- name: save
-- One verdict on one wording; a second one by the same model changes nothing.
INSERT INTO verdict (post_id, version, model_id, sentiment, appeal, sentiment_scores, appeal_scores, calibrated, at)
VALUES (%(post_id)s, %(version)s, %(model_id)s, %(sentiment)s, %(appeal)s, %(sentiment_scores)s, %(appeal_scores)s,
        %(calibrated)s, %(now)s)
ON CONFLICT (post_id, version, model_id) DO NOTHING;

-- name: stand
-- The model's verdicts now stand for these wordings, unless they were edited meanwhile. A thread moves on where the
-- appeal a reader acts on is new or another than the last model's.
WITH judged AS (
    SELECT p.id, p.thread_id, p.version, p.judged_by AS earlier
      FROM post p
      JOIN unnest(%(post_ids)s::bigint[], %(versions)s::integer[]) AS b(id, version) USING (id, version)
       FOR UPDATE OF p
), marked AS (
    UPDATE post SET judged_by = %(model_id)s
      FROM judged
     WHERE post.id = judged.id
    RETURNING post.id
), moved AS (
    SELECT DISTINCT j.thread_id
      FROM judged j
      LEFT JOIN verdict earlier ON earlier.post_id = j.id AND earlier.version = j.version
                               AND earlier.model_id = j.earlier
      JOIN verdict present ON present.post_id = j.id AND present.version = j.version
                          AND present.model_id = %(model_id)s
     WHERE earlier.appeal IS DISTINCT FROM present.appeal
), bumped AS (
    UPDATE thread SET revision = revision + 1
      FROM moved
     WHERE thread.id = moved.thread_id
    RETURNING thread.id
)
SELECT (SELECT count(*) FROM marked), (SELECT count(*) FROM bumped);

-- name: standing
-- The verdict that stands for a post's present wording, whichever model gave it.
SELECT v.model_id, v.sentiment, v.appeal, v.sentiment_scores, v.appeal_scores, v.calibrated
  FROM post p
  JOIN verdict v ON v.post_id = p.id AND v.version = p.version AND v.model_id = p.judged_by
 WHERE p.id = %(post_id)s;

-- name: model_in_charge
-- The model whose verdicts are asked for, and since when.
SELECT value ->> 'model_id', at FROM fact WHERE name = 'model_in_charge';

-- name: put_in_charge
-- Record the model in charge; the time stays when it is the same one.
INSERT INTO fact (name, value, at)
VALUES ('model_in_charge', jsonb_build_object('model_id', %(model_id)s::text), %(now)s)
ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value, at = EXCLUDED.at
 WHERE fact.value IS DISTINCT FROM EXCLUDED.value;

-- name: waiting
-- How many posts wait for a verdict by the model, counted up to a limit so that it stays cheap after a switch.
SELECT count(*) FROM (
    (SELECT 1 FROM post WHERE NOT is_official AND kind <> 'answer' AND judged_by IS NULL LIMIT %(limit)s)
    UNION ALL
    (SELECT 1 FROM post WHERE NOT is_official AND kind <> 'answer' AND judged_by < %(model_id)s LIMIT %(limit)s)
    UNION ALL
    (SELECT 1 FROM post WHERE NOT is_official AND kind <> 'answer' AND judged_by > %(model_id)s LIMIT %(limit)s)
    LIMIT %(limit)s
) AS waiting;
