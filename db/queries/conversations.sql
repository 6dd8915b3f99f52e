-- name: take_threads
-- Threads whose posts or verdicts changed since their conversations were derived, held until the end of the
-- transaction. One whose customers' words are not all judged waits: half a verdict would close what another one opens.
SELECT t.id, t.source_id, s.name, t.revision, t.checked_at
  FROM thread t
  JOIN source s ON s.id = t.source_id
 WHERE t.revision > t.built_revision
   AND NOT EXISTS (SELECT 1 FROM post p
                    WHERE p.thread_id = t.id AND NOT p.is_official AND p.kind <> 'answer' AND p.judged_by IS NULL)
 ORDER BY t.id
 LIMIT %(limit)s
   FOR UPDATE OF t SKIP LOCKED

-- name: take_passing
-- Threads of conversations that time alone may have moved and a look proves it: seen after the promise or silence ended.
SELECT t.id, t.source_id, s.name, t.revision, t.checked_at
  FROM thread t
  JOIN source s ON s.id = t.source_id
 WHERE t.id IN (SELECT c.thread_id
                  FROM conversation c JOIN thread h ON h.id = c.thread_id
                 WHERE c.passes_at < %(now)s AND h.checked_at > c.passes_at
                 ORDER BY c.passes_at
                 LIMIT %(limit)s)
   AND t.revision = t.built_revision
 ORDER BY t.id
   FOR UPDATE OF t SKIP LOCKED

-- name: posts_of_threads
-- Everything said in these threads, with what stands for its appeal: a person's correction, else the verdict.
SELECT p.thread_id, p.id, p.external_id, p.kind, p.author_key, p.author_name, p.is_official, p.text,
       coalesce(c.appeal, v.appeal, 'none') AS appeal, c.appeal IS NOT NULL AS is_corrected,
       p.parent_external_id, p.reply_to, p.published_at, p.first_seen_at, p.gone_at, p.attachments, p.answered
  FROM post p
  LEFT JOIN correction c ON c.post_id = p.id AND c.version = p.version
  LEFT JOIN verdict v ON v.post_id = p.id AND v.version = p.version AND v.model_id = p.judged_by
 WHERE p.thread_id = ANY(%(thread_ids)s)
 ORDER BY p.thread_id, p.id

-- name: conversations_of_threads
-- What stands now, held: a person's decision waits until the new state is written.
SELECT id, thread_id, customer, state, closed_by, closed_because, closed_at, closed_upto
  FROM conversation
 WHERE thread_id = ANY(%(thread_ids)s)
 ORDER BY id
   FOR UPDATE

-- name: moves_of_threads
-- How conversations came to their state.
SELECT m.conversation_id, m.before, m.after, m.by, m.because, m.at, m.post_id
  FROM conversation_move m
  JOIN conversation c ON c.id = m.conversation_id
 WHERE c.thread_id = ANY(%(thread_ids)s)
 ORDER BY m.id

-- name: save_conversation
-- Keep the row of a known conversation, with what a person decided of it.
INSERT INTO conversation (thread_id, source_id, customer, opening_post_id, appeal, state, turn, opened_at,
                          first_seen_at, first_answer_at, waiting_since, waiting_post_id, promised_until,
                          last_word_by, post_ids, voice_ids, is_checkable, look_at, passes_at)
VALUES (%(thread_id)s, %(source_id)s, %(customer)s, %(opening_post_id)s, %(appeal)s, %(state)s, %(turn)s,
        %(opened_at)s, %(first_seen_at)s, %(first_answer_at)s, %(waiting_since)s, %(waiting_post_id)s,
        %(promised_until)s, %(last_word_by)s, %(post_ids)s, %(voice_ids)s, %(is_checkable)s, %(look_at)s,
        %(passes_at)s)
ON CONFLICT ON CONSTRAINT conversation_is_unique DO UPDATE
   SET opening_post_id = excluded.opening_post_id, appeal = excluded.appeal, state = excluded.state,
       turn = excluded.turn, opened_at = excluded.opened_at, first_seen_at = excluded.first_seen_at,
       first_answer_at = excluded.first_answer_at, waiting_since = excluded.waiting_since,
       waiting_post_id = excluded.waiting_post_id, promised_until = excluded.promised_until,
       last_word_by = excluded.last_word_by, post_ids = excluded.post_ids, voice_ids = excluded.voice_ids,
       is_checkable = excluded.is_checkable, look_at = excluded.look_at, passes_at = excluded.passes_at
RETURNING id

-- name: end_conversation
-- Close what no longer derives; its row, posts and moves stay as history.
UPDATE conversation
   SET state = 'closed', turn = 'nobody', waiting_since = NULL, waiting_post_id = NULL, promised_until = NULL,
       look_at = NULL, passes_at = NULL
 WHERE id = %(id)s

-- name: add_move
-- Append one change of state.
INSERT INTO conversation_move (conversation_id, before, after, by, because, at, post_id)
VALUES (%(conversation_id)s, %(before)s, %(after)s, %(by)s, %(because)s, %(at)s, %(post_id)s)

-- name: mark_built
-- The conversations of these threads stand for the revisions that were read.
UPDATE thread t
   SET built_revision = n.revision
  FROM unnest(%(thread_ids)s::bigint[], %(revisions)s::bigint[]) AS n (id, revision)
 WHERE t.id = n.id

-- name: close_by_person
-- What a person decided, up to and including the last word known; a conversation that is over stays as it ended.
WITH held AS (
    SELECT id, state, thread_id, post_ids[cardinality(post_ids)] AS last_post
      FROM conversation
     WHERE id = %(id)s AND state <> 'closed'
       FOR UPDATE
), moved AS (
    INSERT INTO conversation_move (conversation_id, before, after, by, because, at, post_id)
    SELECT id, state, 'closed', %(by)s, %(because)s, %(at)s, last_post FROM held
)
UPDATE conversation c
   SET state = 'closed', turn = 'nobody', closed_by = %(by)s, closed_because = %(because)s, closed_at = %(at)s,
       closed_upto = held.last_post, waiting_since = NULL, waiting_post_id = NULL, promised_until = NULL,
       look_at = NULL, passes_at = NULL
  FROM held
 WHERE c.id = held.id

-- name: moves
-- How one conversation came to its state.
SELECT m.conversation_id, m.before, m.after, m.by, m.because, m.at, m.post_id
  FROM conversation_move m
 WHERE m.conversation_id = %(id)s
 ORDER BY m.id
