-- What deriving conversations keeps beside their state.

ALTER TABLE conversation
    -- when time alone may move it next: a promise runs out, silence ends it
    ADD COLUMN passes_at    timestamptz,
    -- false where the source does not tell whether there is an answer: nothing is "unanswered" there
    ADD COLUMN is_checkable boolean NOT NULL DEFAULT true,
    -- other customers' posts that say "me too" and ask for no answer of their own
    ADD COLUMN voice_ids    bigint[] NOT NULL DEFAULT '{}';
-- Conversations that time alone moves.
CREATE INDEX conversation_to_pass ON conversation (passes_at) WHERE passes_at IS NOT NULL;

-- The words that made a conversation move; with state and reason the key of a move, so that reading the same
-- history again adds none.
ALTER TABLE conversation_move ADD COLUMN post_id bigint;

-- The queue in pages: longest wait first; without a date, from first sight.
CREATE INDEX conversation_queue ON conversation (coalesce(waiting_since, first_seen_at), id)
    WHERE state IN ('waiting_us', 'promised');
DROP INDEX conversation_waiting;
