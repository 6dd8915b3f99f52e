-- Recurring problems: complaints as terms, the problems they belong to, and what people decided about both.

CREATE TABLE problem (
    id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- its name in the company's catalogue of known problems; NULL for those found in complaints
    key                  text CONSTRAINT problem_key_is_unique UNIQUE,
    title                text NOT NULL DEFAULT '',
    -- a person or the catalogue named it: no rule renames it
    is_named             boolean NOT NULL DEFAULT false,
    state                text NOT NULL DEFAULT 'candidate'
                         CONSTRAINT problem_state_is_known
                         CHECK (state IN ('candidate', 'new', 'ongoing', 'growing', 'fixed', 'back', 'ignored', 'gone')),
    -- when it came into this state
    since                timestamptz NOT NULL,
    opened_at            timestamptz NOT NULL,
    -- when a person was first told; NULL while it is a candidate
    raised_at            timestamptz,
    -- a person decided something about it: rules add complaints and take none away
    is_settled           boolean NOT NULL DEFAULT false,
    owner                text,
    -- what a person said of the fix: a regression carries it
    fixed_at             timestamptz,
    fixed_by             text,
    fixed_how            text,
    ignored_until        timestamptz,
    ignored_until_voices integer,
    ignored_until_grows  boolean NOT NULL DEFAULT false,
    -- where its complaints went when it ended
    merged_into          bigint REFERENCES problem
);
-- What the rules of life look at.
CREATE INDEX problem_alive ON problem (id) WHERE state <> 'gone';

-- One complaint as grouping sees it: its terms, and whose voice it is.
CREATE TABLE complaint (
    post_id    bigint PRIMARY KEY REFERENCES post ON DELETE CASCADE,
    version    integer NOT NULL,
    -- in alphabetical order, with weights, and bit i of a spot: the term stands in sentence i
    terms      text[] NOT NULL,
    weights    real[] NOT NULL,
    spots      bigint[] NOT NULL,
    -- post.author_key, or 'post:<id>' where the source hides authors
    author     text NOT NULL,
    at         timestamptz NOT NULL,
    -- the complaint whose voice this is: the author's first, or the one it copies
    voice      bigint NOT NULL,
    grouped_at timestamptz NOT NULL
);
-- The window of the careful pass.
CREATE INDEX complaint_by_time ON complaint (at);
-- An author's first complaint.
CREATE INDEX complaint_by_author ON complaint (author, post_id);
-- What came since the last careful pass, and how much since the space was learned.
CREATE INDEX complaint_by_arrival ON complaint (grouped_at);

-- The terms a complaint is found by: the latest of each are looked at, however long the history.
CREATE TABLE complaint_term (
    term    text NOT NULL,
    post_id bigint NOT NULL REFERENCES complaint ON DELETE CASCADE,
    PRIMARY KEY (term, post_id)
);
-- Take out the terms of an earlier wording.
CREATE INDEX complaint_term_by_post ON complaint_term (post_id);

CREATE TABLE problem_member (
    post_id    bigint NOT NULL REFERENCES complaint ON DELETE CASCADE,
    problem_id bigint NOT NULL REFERENCES problem,
    role       text NOT NULL CONSTRAINT problem_member_role_is_known CHECK (role IN ('main', 'also')),
    score      real NOT NULL,
    -- why it is here: the nearest complaints and the terms shared with them
    neighbours bigint[] NOT NULL DEFAULT '{}',
    terms      text[] NOT NULL DEFAULT '{}',
    -- 'rule', or the person who put it here
    by         text NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (post_id, problem_id)
);
-- The rule "one main problem a complaint".
CREATE UNIQUE INDEX problem_member_main ON problem_member (post_id) WHERE role = 'main';
-- A problem's latest complaints.
CREATE INDEX problem_member_of_problem ON problem_member (problem_id, role, post_id);

-- A person took the complaint out of this problem: no rule puts it back. The other half of people's corrections
-- is problem_member.by: what a person put somewhere, no rule moves.
CREATE TABLE problem_ban (
    post_id    bigint NOT NULL REFERENCES complaint ON DELETE CASCADE,
    problem_id bigint NOT NULL REFERENCES problem,
    by         text NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (post_id, problem_id)
);

-- Every change of a problem's state. Append-only.
CREATE TABLE problem_move (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    problem_id bigint NOT NULL REFERENCES problem,
    before     text,
    after      text NOT NULL,
    by         text NOT NULL,
    because    text NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX problem_move_by_problem ON problem_move (problem_id, id);

-- What people did to problems and their complaints. Append-only.
CREATE TABLE problem_action (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    problem_id bigint NOT NULL REFERENCES problem,
    verb       text NOT NULL,
    by         text NOT NULL,
    at         timestamptz NOT NULL,
    -- ids, dates and a person's own words; no texts of posts
    facts      jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX problem_action_by_problem ON problem_action (problem_id, id);

-- Two problems that may be one: asked once, answered by a person.
CREATE TABLE problem_suggestion (
    one_id     bigint NOT NULL REFERENCES problem,
    other_id   bigint NOT NULL REFERENCES problem,
    score      real NOT NULL,
    at         timestamptz NOT NULL,
    decision   text CONSTRAINT problem_suggestion_decision_is_known CHECK (decision IN ('merged', 'declined')),
    decided_by text,
    decided_at timestamptz,
    PRIMARY KEY (one_id, other_id),
    CONSTRAINT problem_suggestion_is_ordered CHECK (one_id < other_id)
);

-- What the catalogue says of a known problem, as terms: title, example phrases, words.
CREATE TABLE problem_seed (
    problem_id bigint NOT NULL REFERENCES problem,
    number     integer NOT NULL,
    terms      text[] NOT NULL,
    weights    real[] NOT NULL,
    spots      bigint[] NOT NULL,
    PRIMARY KEY (problem_id, number)
);

-- What was learned of the company's complaints: the newest is used; rebuilt from complaints at will.
CREATE TABLE problem_space (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    learned_at timestamptz NOT NULL,
    complaints integer NOT NULL,
    -- of the body: whoever holds that body need not read it again
    digest     text NOT NULL,
    body       bytea NOT NULL
);

-- Which wording was grouped, or found to be no complaint. Not truth (that is the table complaint), but what lets
-- the station find its work among millions of posts; a new verdict or a correction takes it away.
ALTER TABLE post ADD COLUMN grouped_version integer;
CREATE INDEX post_to_group ON post (id)
    WHERE judged_by IS NOT NULL AND grouped_version IS NULL AND NOT is_official AND kind <> 'answer';

CREATE FUNCTION forget_grouping_of_judged_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.grouped_version := NULL;
    RETURN NEW;
END
$$;

CREATE TRIGGER post_judged BEFORE UPDATE OF judged_by ON post
    FOR EACH ROW WHEN (NEW.judged_by IS DISTINCT FROM OLD.judged_by)
    EXECUTE FUNCTION forget_grouping_of_judged_anew();

CREATE FUNCTION forget_grouping_of_corrected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE post SET grouped_version = NULL WHERE id = NEW.post_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER correction_given AFTER INSERT OR UPDATE ON correction
    FOR EACH ROW EXECUTE FUNCTION forget_grouping_of_corrected();
