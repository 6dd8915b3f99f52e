-- Digests, honest bookkeeping of sends whose outcome is unknown, and alerts that outlive their conversation.

ALTER TABLE alert DROP CONSTRAINT alert_kind_is_known;
ALTER TABLE alert ADD CONSTRAINT alert_kind_is_known
    CHECK (kind IN ('unanswered', 'history', 'flood', 'source_trouble'));

-- A conversation may vanish (its author asked to be forgotten, its post is no complaint after all): the alert
-- stays, so that the card in the channel can still be closed.
ALTER TABLE alert DROP CONSTRAINT alert_conversation_id_fkey;
ALTER TABLE alert ADD CONSTRAINT alert_conversation_id_fkey
    FOREIGN KEY (conversation_id) REFERENCES conversation ON DELETE SET NULL;

ALTER TABLE alert
    ADD COLUMN taken_at    timestamptz,
    -- the person who ended it; NULL when an answer that was seen, or silence, did
    ADD COLUMN resolved_by text;

-- What a digest told of: a conversation in here is never told a second time as history.
CREATE TABLE digest_item (
    alert_id        bigint NOT NULL REFERENCES alert ON DELETE CASCADE,
    conversation_id bigint NOT NULL REFERENCES conversation ON DELETE CASCADE,
    added_at        timestamptz NOT NULL,
    -- what the reader of the digest learned of this conversation, as card.told for an alert of its own
    told            jsonb NOT NULL,
    -- when its answer was due; "no answer" is known only from a look later than that
    due_at          timestamptz,
    PRIMARY KEY (alert_id, conversation_id)
);
-- Whether a conversation was told in a digest already.
CREATE INDEX digest_item_by_conversation ON digest_item (conversation_id);

ALTER TABLE card
    -- posts begun whose outcome nobody recorded: the message may stand in the channel although ref is NULL
    ADD COLUMN doubts     integer NOT NULL DEFAULT 0,
    -- the first of them: how far back to look for it
    ADD COLUMN doubted_at timestamptz;

-- The flood guard: new messages of the last hour in a channel.
CREATE INDEX delivery_first_by_channel ON delivery (channel, created_at) WHERE reason = 'first';
-- Whether an earlier message of the same card is on its way; the history of who was told what.
CREATE INDEX delivery_by_card ON delivery (alert_id, channel, id);
-- A source's conversations by age: the counts of a history digest.
CREATE INDEX conversation_by_source ON conversation (source_id, appeal);
