-- name: latest_config
-- What was applied last: the input of every decision.
SELECT version, body FROM applied_config ORDER BY version DESC LIMIT 1;

-- name: add_config
-- Keep every version: deadlines of the past are recomputed with the policy of the past.
INSERT INTO applied_config (applied_at, digest, body)
VALUES (%(now)s, %(digest)s, %(body)s)
RETURNING version;

-- name: sources_by_name
-- All sources ever applied; those taken out of the file stay with their history.
SELECT name, kind, settings, is_active FROM source ORDER BY name;

-- name: put_source
-- Add a source, or bring one back with its history.
INSERT INTO source (name, kind, settings, added_at)
VALUES (%(name)s, %(kind)s, %(settings)s, %(now)s)
ON CONFLICT ON CONSTRAINT source_name_is_unique DO UPDATE
   SET kind = EXCLUDED.kind, settings = EXCLUDED.settings, is_active = true
RETURNING id;

-- name: stop_sources
-- Sources that are not in the file any more are read no more; nothing of theirs is deleted.
UPDATE source
   SET is_active = false
 WHERE is_active AND kind <> 'import' AND NOT name = ANY(%(names)s)
RETURNING name;

-- name: clear_official
DELETE FROM official_account WHERE source_id = %(source_id)s;

-- name: add_official
INSERT INTO official_account (source_id, author_key, label)
VALUES (%(source_id)s, %(author_key)s, %(label)s)
ON CONFLICT DO NOTHING;

-- name: mark_official_posts
-- An account listed as official later was official before: its posts are marked, their threads rebuilt.
WITH changed AS (
    UPDATE post
       SET is_official = EXISTS (SELECT 1 FROM official_account o
                                  WHERE o.source_id = post.source_id AND o.author_key = post.author_key)
     WHERE source_id = %(source_id)s
       AND author_key = ANY(%(touched)s)
       AND is_official <> EXISTS (SELECT 1 FROM official_account o
                                   WHERE o.source_id = post.source_id AND o.author_key = post.author_key)
    RETURNING thread_id
)
UPDATE thread SET revision = revision + 1 WHERE id IN (SELECT thread_id FROM changed);

-- name: official_keys
SELECT author_key FROM official_account WHERE source_id = %(source_id)s;
