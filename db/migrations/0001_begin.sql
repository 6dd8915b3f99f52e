-- The spine: sources and looks at them, posts with versions, verdicts, threads and conversations,
-- alerts with the messages owed for them, and what people did.

CREATE TABLE source (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL CONSTRAINT source_name_is_unique UNIQUE,
    kind         text NOT NULL,
    -- the kind's own options from otklik.toml, never a secret
    settings     jsonb NOT NULL DEFAULT '{}',
    is_active    boolean NOT NULL DEFAULT true,
    added_at     timestamptz NOT NULL,
    -- everything published before it has been read; moves only when a run ended well
    bookmark     timestamptz,
    -- when a person has to do something before this source can be read again, and what
    needs_person text
);

-- Accounts that speak for the company in a source; ids are the keyed hashes that post.author_key holds.
CREATE TABLE official_account (
    source_id  bigint NOT NULL REFERENCES source,
    author_key text NOT NULL,
    label      text NOT NULL,
    PRIMARY KEY (source_id, author_key)
);

-- One look at a source: what was asked, got and why it stopped.
CREATE TABLE crawl (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id   bigint NOT NULL REFERENCES source,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz,
    outcome     text NOT NULL DEFAULT 'running'
                CONSTRAINT crawl_outcome_is_known
                CHECK (outcome IN ('running', 'complete', 'partial', 'failed', 'needs_person', 'killed')),
    reason      text NOT NULL DEFAULT '',
    asked       integer NOT NULL DEFAULT 0,
    got         integer NOT NULL DEFAULT 0,
    new         integer NOT NULL DEFAULT 0,
    edited      integer NOT NULL DEFAULT 0,
    gone        integer NOT NULL DEFAULT 0,
    rejected    integer NOT NULL DEFAULT 0,
    signpost    timestamptz
);
-- The last looks at one source: doctor, lag.
CREATE INDEX crawl_by_source ON crawl (source_id, started_at DESC);

-- Items that could not be stored, with the reason and no text: a place to look at bad input.
CREATE TABLE rejected_item (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    crawl_id    bigint REFERENCES crawl,
    source_id   bigint NOT NULL REFERENCES source,
    external_id text,
    reason      text NOT NULL,
    at          timestamptz NOT NULL
);

-- A root post and everything under it: the unit that is read, checked and turned into conversations.
CREATE TABLE thread (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id        bigint NOT NULL REFERENCES source,
    root_external_id text NOT NULL,
    -- counts changes of its posts or their verdicts; built_revision follows when conversations were derived
    revision         bigint NOT NULL DEFAULT 1,
    built_revision   bigint NOT NULL DEFAULT 0,
    -- the last successful look that could have shown every reply; NULL: never looked, nothing is "unanswered"
    checked_at       timestamptz,
    -- newest publication time in the thread
    last_post_at     timestamptz,
    CONSTRAINT thread_is_unique UNIQUE (source_id, root_external_id)
);
-- Work waiting for the conversations station.
CREATE INDEX thread_to_build ON thread (id) WHERE revision > built_revision;

CREATE TABLE post (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id          bigint NOT NULL REFERENCES source,
    thread_id          bigint NOT NULL REFERENCES thread,
    external_id        text NOT NULL,
    kind               text NOT NULL CONSTRAINT post_kind_is_known CHECK (kind IN ('post', 'comment', 'review', 'answer')),
    parent_external_id text,
    reply_to           text,
    -- keyed hash of the source's account id; NULL when the source does not tell who it was
    author_key         text,
    -- the name shown publicly, kept only as long as support needs it
    author_name        text,
    is_official        boolean NOT NULL DEFAULT false,
    rating             smallint,
    answered           boolean,
    text               text NOT NULL,
    version            integer NOT NULL DEFAULT 1,
    published_at       timestamptz,
    edited_at          timestamptz,
    first_seen_at      timestamptz NOT NULL,
    last_seen_at       timestamptz NOT NULL,
    gone_at            timestamptz,
    attachments        text[] NOT NULL DEFAULT '{}',
    url                text,
    CONSTRAINT post_is_unique UNIQUE (source_id, external_id)
);
-- A whole thread in order: conversations, pages.
CREATE INDEX post_by_thread ON post (thread_id, published_at);

-- Earlier wordings; the present one stands in post.
CREATE TABLE post_version (
    post_id  bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    version  integer NOT NULL,
    text     text NOT NULL,
    rating   smallint,
    seen_at  timestamptz NOT NULL,
    PRIMARY KEY (post_id, version)
);

-- The source's payload as it came, trimmed of personal fields; replaced by the newest.
CREATE TABLE payload (
    post_id    bigint PRIMARY KEY REFERENCES post ON DELETE CASCADE,
    body       jsonb NOT NULL,
    fetched_at timestamptz NOT NULL
);

CREATE TABLE verdict (
    post_id          bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    version          integer NOT NULL,
    model_id         text NOT NULL,
    sentiment        text NOT NULL,
    appeal           text NOT NULL,
    sentiment_scores jsonb NOT NULL,
    appeal_scores    jsonb NOT NULL,
    calibrated       boolean NOT NULL,
    at               timestamptz NOT NULL,
    PRIMARY KEY (post_id, version, model_id)
);

-- What a person said of one wording; stands above every model.
CREATE TABLE correction (
    post_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    version integer NOT NULL,
    appeal  text NOT NULL,
    by      text NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (post_id, version)
);

-- A customer's words that want an answer, derived from a thread; keyed so that rebuilding keeps the row.
CREATE TABLE conversation (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    thread_id       bigint NOT NULL REFERENCES thread,
    source_id       bigint NOT NULL REFERENCES source,
    -- post.author_key of the customer, or 'post:<external id>' where the source hides authors
    customer        text NOT NULL,
    opening_post_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    appeal          text NOT NULL,
    state           text NOT NULL
                    CONSTRAINT conversation_state_is_known
                    CHECK (state IN ('waiting_us', 'waiting_customer', 'promised', 'private', 'closed')),
    turn            text NOT NULL CONSTRAINT conversation_turn_is_known CHECK (turn IN ('ours', 'customer', 'nobody')),
    -- publication of the opening word; NULL when the source gives no dates
    opened_at       timestamptz,
    first_seen_at   timestamptz NOT NULL,
    first_answer_at timestamptz,
    -- when the present turn began: the oldest unanswered word of the customer
    waiting_since   timestamptz,
    waiting_post_id bigint REFERENCES post ON DELETE SET NULL,
    -- a time our holding answer named
    promised_until  timestamptz,
    last_word_by    text NOT NULL CONSTRAINT conversation_last_word_is_known CHECK (last_word_by IN ('customer', 'official', 'other')),
    post_ids        bigint[] NOT NULL,
    -- what a person decided about it ("answered", "not_complaint", ...) up to and including which of its posts
    closed_by       text,
    closed_because  text,
    closed_at       timestamptz,
    closed_upto     bigint,
    -- when a rule may next have something to say; a hint for the alert query, recomputed at will
    look_at         timestamptz,
    CONSTRAINT conversation_is_unique UNIQUE (thread_id, customer)
);
-- The queue: open conversations, oldest wait first.
CREATE INDEX conversation_waiting ON conversation (waiting_since) WHERE state = 'waiting_us';
-- What the alert rules must look at now.
CREATE INDEX conversation_to_look_at ON conversation (look_at) WHERE look_at IS NOT NULL;

-- Every change of a conversation's state: who, when, because of what. Append-only.
CREATE TABLE conversation_move (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id bigint NOT NULL REFERENCES conversation ON DELETE CASCADE,
    before          text,
    after           text NOT NULL,
    by              text NOT NULL,
    because         text NOT NULL,
    at              timestamptz NOT NULL
);
CREATE INDEX conversation_move_by_conversation ON conversation_move (conversation_id, id);

-- Policies, calendars, channels and owners as last applied; older rows are history.
CREATE TABLE applied_config (
    version    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    applied_at timestamptz NOT NULL,
    digest     text NOT NULL,
    body       jsonb NOT NULL
);

CREATE TABLE alert (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind            text NOT NULL CONSTRAINT alert_kind_is_known
                    CHECK (kind IN ('unanswered', 'history', 'source_trouble')),
    -- what it is about; one open alert per fingerprint
    fingerprint     text NOT NULL,
    conversation_id bigint REFERENCES conversation ON DELETE CASCADE,
    source_id       bigint REFERENCES source,
    state           text NOT NULL CONSTRAINT alert_state_is_known
                    CHECK (state IN ('open', 'taken', 'snoozed', 'resolved')),
    -- how bad it is now: 'warning' or 'breach' for a deadline
    level           text NOT NULL,
    -- counts, examples and reasons to render the message from; ids and numbers, no texts of posts
    facts           jsonb NOT NULL DEFAULT '{}',
    opened_at       timestamptz NOT NULL,
    changed_at      timestamptz NOT NULL,
    taken_by        text,
    snoozed_until   timestamptz,
    resolved_at     timestamptz,
    resolved_because text
);
-- The rule "one open alert a fingerprint".
CREATE UNIQUE INDEX alert_open_fingerprint ON alert (fingerprint) WHERE state <> 'resolved';
CREATE INDEX alert_by_conversation ON alert (conversation_id);

-- A card an alert has in a channel: where its message stands and what it last said.
CREATE TABLE card (
    alert_id   bigint NOT NULL REFERENCES alert ON DELETE CASCADE,
    channel    text NOT NULL,
    -- the channel's own address of the message; NULL until the first one went out
    ref        jsonb,
    -- the snapshot the channel was last told, the input of reason_to_notify
    told       jsonb,
    told_at    timestamptz,
    PRIMARY KEY (alert_id, channel)
);

-- Outbox: one message owed to one channel, written in the transaction that decided it.
CREATE TABLE delivery (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id     bigint NOT NULL REFERENCES alert ON DELETE CASCADE,
    channel      text NOT NULL,
    reason       text NOT NULL,
    -- what the channel will have been told once this is sent
    snapshot     jsonb NOT NULL,
    state        text NOT NULL DEFAULT 'due' CONSTRAINT delivery_state_is_known
                 CHECK (state IN ('due', 'sent', 'failed', 'superseded')),
    created_at   timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    leased_until timestamptz,
    attempts     integer NOT NULL DEFAULT 0,
    sent_at      timestamptz,
    error        text
);
-- The rule "at most one message owed to a channel about an alert": a newer one supersedes it.
CREATE UNIQUE INDEX delivery_due_once ON delivery (alert_id, channel) WHERE state = 'due';
-- Work waiting for the delivery loop.
CREATE INDEX delivery_to_send ON delivery (due_at) WHERE state = 'due';

-- What people did, from where. Append-only.
CREATE TABLE action (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id  bigint REFERENCES alert ON DELETE CASCADE,
    verb      text NOT NULL,
    by        text NOT NULL,
    via       text NOT NULL,
    at        timestamptz NOT NULL,
    -- the other side's id of the click, so that a callback delivered twice acts once
    event_key text CONSTRAINT action_event_is_unique UNIQUE,
    outcome   text NOT NULL
);

-- Shared by all processes that use one token: when the next call may go, and what is left of the day.
CREATE TABLE call_budget (
    token_key    text NOT NULL,
    method       text NOT NULL,
    day          date NOT NULL,
    used         integer NOT NULL DEFAULT 0,
    stopped_until timestamptz,
    PRIMARY KEY (token_key, method, day)
);
CREATE TABLE call_pace (
    token_key text PRIMARY KEY,
    next_at   timestamptz NOT NULL
);

-- Small facts about the installation (the model in charge, when a loop was last alive).
CREATE TABLE fact (
    name  text PRIMARY KEY,
    value jsonb NOT NULL,
    at    timestamptz NOT NULL
);
