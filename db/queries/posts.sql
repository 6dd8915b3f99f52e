-- name: lock_source
-- One writer a source at a time: what is new and what is edited is decided against rows nobody else changes.
SELECT id FROM source WHERE id = %(source_id)s FOR NO KEY UPDATE;

-- name: create_staging
-- A batch as it came; filled by COPY, judged against what is stored, emptied with the transaction.
CREATE TEMP TABLE IF NOT EXISTS staged_post (
    external_id        text PRIMARY KEY,
    root               text NOT NULL,
    kind               text NOT NULL,
    parent_external_id text,
    reply_to           text,
    author_key         text,
    author_name        text,
    is_official        boolean NOT NULL,
    rating             smallint,
    answered           boolean,
    text               text NOT NULL,
    published_at       timestamptz,
    edited_at          timestamptz,
    deleted            boolean NOT NULL,
    attachments        text[] NOT NULL,
    url                text,
    raw                jsonb,
    post_id            bigint,
    version            integer,
    change             text
) ON COMMIT DELETE ROWS;

-- name: empty_staging
-- A transaction may save several batches.
DELETE FROM staged_post;

-- name: copy_staging
-- In the order of db.posts._row.
COPY staged_post (external_id, root, kind, parent_external_id, reply_to, author_key, author_name, is_official,
                  rating, answered, text, published_at, edited_at, deleted, attachments, url, raw) FROM STDIN;

-- name: analyze_staging
-- The planner knows nothing of a new temporary table, and would read all posts for a batch of ten.
ANALYZE staged_post;

-- name: recognise_official
-- Accounts listed for the source speak for the company too; what they say to a customer is an answer.
UPDATE staged_post s
   SET is_official = true,
       kind = CASE WHEN s.kind = 'comment' AND EXISTS (
                  SELECT 1
                    FROM (SELECT external_id, author_key, is_official FROM staged_post
                          UNION ALL
                          SELECT external_id, author_key, is_official FROM post
                           WHERE source_id = %(source_id)s) said_to
                   WHERE said_to.external_id = coalesce(s.reply_to, s.parent_external_id)
                     AND NOT said_to.is_official
                     AND said_to.author_key IS DISTINCT FROM s.author_key
                     AND NOT EXISTS (SELECT 1 FROM official_account o
                                      WHERE o.source_id = %(source_id)s AND o.author_key = said_to.author_key))
              THEN 'answer' ELSE s.kind END
  FROM official_account a
 WHERE a.source_id = %(source_id)s AND a.author_key = s.author_key;

-- name: judge_staging
-- Say of each staged post what it changes. NULL from the source means "not told" and changes nothing;
-- a look older than the last one changes nothing either.
UPDATE staged_post s
   SET post_id = j.post_id,
       version = j.version + j.is_edited::int,
       change = CASE WHEN j.is_stale THEN 'unchanged'
                     WHEN s.deleted AND j.is_here THEN 'gone'
                     WHEN s.deleted THEN 'unchanged'
                     WHEN j.is_edited THEN 'edited'
                     WHEN NOT j.is_here THEN 'restored'
                     WHEN j.is_touched THEN 'touched'
                     ELSE 'unchanged' END
  FROM (SELECT n.external_id, p.id AS post_id, p.version,
               %(seen_at)s < p.last_seen_at AS is_stale,
               p.gone_at IS NULL AS is_here,
               NOT n.deleted AND %(seen_at)s >= p.last_seen_at
                   AND (n.text <> p.text OR coalesce(n.rating, p.rating) IS DISTINCT FROM p.rating) AS is_edited,
               (p.kind, p.is_official, p.attachments, p.parent_external_id, p.reply_to, p.author_key,
                p.answered, p.published_at)
               IS DISTINCT FROM
               (n.kind, n.is_official, n.attachments, coalesce(n.parent_external_id, p.parent_external_id),
                coalesce(n.reply_to, p.reply_to), coalesce(n.author_key, p.author_key),
                coalesce(n.answered, p.answered), coalesce(n.published_at, p.published_at)) AS is_touched
          FROM staged_post n
          JOIN post p ON p.source_id = %(source_id)s AND p.external_id = n.external_id) j
 WHERE s.external_id = j.external_id;

-- name: create_threads
-- Every root that a staged post belongs to.
INSERT INTO thread (source_id, root_external_id)
SELECT DISTINCT %(source_id)s::bigint, root FROM staged_post ORDER BY 2
ON CONFLICT ON CONSTRAINT thread_is_unique DO NOTHING;

-- name: keep_versions
-- The wording that an edit replaces.
INSERT INTO post_version (post_id, version, text, rating, seen_at)
SELECT p.id, p.version, p.text, p.rating, p.last_seen_at
  FROM staged_post s JOIN post p ON p.id = s.post_id
 WHERE s.version > p.version;

-- name: insert_new
-- A placeholder of something deleted before we ever saw it is stored too: its thread may be alive.
INSERT INTO post (source_id, thread_id, external_id, kind, parent_external_id, reply_to, author_key, author_name,
                  is_official, rating, answered, text, published_at, edited_at, first_seen_at, last_seen_at,
                  gone_at, attachments, url)
SELECT %(source_id)s, t.id, s.external_id, s.kind, s.parent_external_id, s.reply_to, s.author_key, s.author_name,
       s.is_official, s.rating, s.answered, s.text, s.published_at, s.edited_at, %(seen_at)s, %(seen_at)s,
       CASE WHEN s.deleted THEN %(seen_at)s END, s.attachments, s.url
  FROM staged_post s
  JOIN thread t ON t.source_id = %(source_id)s AND t.root_external_id = s.root
 WHERE s.post_id IS NULL;

-- name: update_known
-- A placeholder says only that the post is gone: what it said stays.
UPDATE post p
   SET last_seen_at = %(seen_at)s,
       missed_at    = NULL,
       gone_at      = CASE WHEN s.deleted THEN coalesce(p.gone_at, %(seen_at)s) END,
       version      = s.version,
       text         = CASE WHEN s.deleted THEN p.text ELSE s.text END,
       rating       = coalesce(s.rating, p.rating),
       kind         = CASE WHEN s.deleted THEN p.kind ELSE s.kind END,
       is_official  = CASE WHEN s.deleted THEN p.is_official ELSE s.is_official END,
       attachments  = CASE WHEN s.deleted THEN p.attachments ELSE s.attachments END,
       parent_external_id = coalesce(s.parent_external_id, p.parent_external_id),
       reply_to     = coalesce(s.reply_to, p.reply_to),
       author_key   = coalesce(s.author_key, p.author_key),
       author_name  = coalesce(s.author_name, p.author_name),
       answered     = coalesce(s.answered, p.answered),
       published_at = coalesce(s.published_at, p.published_at),
       edited_at    = coalesce(s.edited_at, p.edited_at),
       url          = coalesce(s.url, p.url)
  FROM staged_post s
 WHERE p.id = s.post_id AND p.last_seen_at <= %(seen_at)s;

-- name: save_payloads
-- The newest payload replaces the older; that of a placeholder says nothing worth keeping.
INSERT INTO payload (post_id, body, fetched_at)
SELECT p.id, s.raw, %(seen_at)s
  FROM staged_post s JOIN post p ON p.source_id = %(source_id)s AND p.external_id = s.external_id
 WHERE s.raw IS NOT NULL AND (NOT s.deleted OR s.post_id IS NULL)
ON CONFLICT (post_id) DO UPDATE SET body = excluded.body, fetched_at = excluded.fetched_at
 WHERE payload.fetched_at <= excluded.fetched_at AND payload.body <> excluded.body;

-- name: bump_threads
-- Only what changed is work for the conversations station.
UPDATE thread t
   SET revision = t.revision + 1,
       last_post_at = greatest(t.last_post_at, c.last_post_at)
  FROM (SELECT p.thread_id, max(p.published_at) AS last_post_at
          FROM staged_post s JOIN post p ON p.source_id = %(source_id)s AND p.external_id = s.external_id
         WHERE s.change IS DISTINCT FROM 'unchanged'
         GROUP BY p.thread_id) c
 WHERE t.id = c.thread_id;

-- name: count_changes
-- How many of the batch did what; NULL: new.
SELECT coalesce(change, 'new') AS change, count(*) AS posts FROM staged_post GROUP BY 1;

-- name: reject
-- An item that cannot be stored, with the reason and no text.
INSERT INTO rejected_item (crawl_id, source_id, external_id, reason, at)
VALUES (%(crawl_id)s, %(source_id)s, %(external_id)s, %(reason)s, %(at)s);

-- name: check_threads
-- A look that could have shown every reply; it moves forward only.
UPDATE thread
   SET checked_at = greatest(checked_at, %(checked_at)s)
 WHERE source_id = %(source_id)s AND root_external_id = ANY(%(roots)s);

-- name: conclude_missing
-- Posts that this complete look and an earlier one both missed are gone.
WITH gone AS (
    UPDATE post p SET gone_at = %(at)s
      FROM thread t
     WHERE t.source_id = %(source_id)s AND t.root_external_id = %(root)s AND p.thread_id = t.id
       AND p.external_id <> t.root_external_id AND NOT p.external_id = ANY(%(seen)s)
       AND p.gone_at IS NULL AND p.missed_at < %(at)s
    RETURNING p.thread_id),
bumped AS (UPDATE thread SET revision = revision + 1 WHERE id IN (SELECT thread_id FROM gone))
SELECT count(*) AS posts FROM gone;

-- name: note_missing
-- A first miss is only remembered; what is seen again is no longer missed.
UPDATE post p
   SET missed_at = CASE WHEN p.external_id = ANY(%(seen)s) THEN NULL ELSE coalesce(p.missed_at, %(at)s) END
  FROM thread t
 WHERE t.source_id = %(source_id)s AND t.root_external_id = %(root)s AND p.thread_id = t.id
   AND p.external_id <> t.root_external_id AND p.gone_at IS NULL
   AND (p.missed_at IS NULL) <> (p.external_id = ANY(%(seen)s));

-- name: mark_posts_gone
-- The source itself says that they are gone.
WITH gone AS (
    UPDATE post SET gone_at = %(at)s
     WHERE source_id = %(source_id)s AND external_id = ANY(%(ids)s) AND gone_at IS NULL
    RETURNING thread_id),
bumped AS (UPDATE thread SET revision = revision + 1 WHERE id IN (SELECT thread_id FROM gone))
SELECT count(*) AS posts FROM gone;

-- name: note_look
-- What the source reported when the thread was read to the end, and how much of it was not to be seen.
UPDATE thread SET reported_count = %(reported)s, shortage = %(shortage)s
 WHERE source_id = %(source_id)s AND root_external_id = %(root)s;

-- name: thread_looks
-- What earlier looks know of these threads, and whether somebody still waits in them.
SELECT t.root_external_id AS root, t.checked_at, t.reported_count, t.shortage, t.last_post_at,
       EXISTS (SELECT 1 FROM conversation c WHERE c.thread_id = t.id AND c.state <> 'closed') AS is_open
  FROM thread t
 WHERE t.source_id = %(source_id)s AND t.root_external_id = ANY(%(roots)s);

-- name: threads_to_watch
-- Threads to look at again though nothing new led there: somebody waits, the talk is recent, or their turn
-- of the day has come. Open ones first, then the ones longest without a look, so that a small budget goes round.
SELECT t.root_external_id AS root
  FROM thread t
  LEFT JOIN post p ON p.source_id = t.source_id AND p.external_id = t.root_external_id
 CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM conversation c
                                     WHERE c.thread_id = t.id AND c.state <> 'closed') AS is_open) o
 WHERE t.source_id = %(source_id)s
   AND p.gone_at IS NULL
   AND (o.is_open OR t.last_post_at >= %(recent_since)s OR t.id %% %(turns)s = %(turn)s)
 ORDER BY o.is_open DESC, t.checked_at NULLS FIRST, t.id
 LIMIT %(limit)s;
