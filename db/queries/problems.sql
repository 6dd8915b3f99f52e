-- name: alone
-- One grouping at a time: two at once would open two candidates for one cause.
SELECT pg_advisory_xact_lock(hashtext('otklik.problems'));

-- name: waiting
-- Judged posts not grouped yet, oldest first, with the appeal that stands: a person's, else the model's.
SELECT p.id, p.version, p.text, coalesce(p.author_key, 'post:' || p.id), coalesce(p.published_at, p.first_seen_at),
       coalesce(c.appeal, v.appeal) = 'complaint' AND p.gone_at IS NULL
  FROM post p
  LEFT JOIN verdict v ON v.post_id = p.id AND v.version = p.version AND v.model_id = p.judged_by
  LEFT JOIN correction c ON c.post_id = p.id AND c.version = p.version
 WHERE p.judged_by IS NOT NULL AND p.grouped_version IS NULL AND NOT p.is_official AND p.kind <> 'answer'
 ORDER BY p.id
 LIMIT %(limit)s;

-- name: mark_grouped
-- These wordings need no more looking at.
UPDATE post SET grouped_version = b.version
  FROM unnest(%(ids)s::bigint[], %(versions)s::integer[]) AS b(id, version)
 WHERE post.id = b.id AND post.version = b.version;

-- name: drop_complaints
-- No complaint any more (edited, corrected, deleted): terms, memberships and bans go with it.
DELETE FROM complaint WHERE post_id = ANY(%(ids)s);

-- name: alike
-- Recent complaints that share the most telling terms: the latest few of each term only.
SELECT c.post_id, c.terms, c.weights, c.spots, c.author, c.at, c.voice, m.problem_id, coalesce(m.by <> 'rule', false)
  FROM (SELECT near.post_id, sum(asked.weight) AS weight
          FROM unnest(%(terms)s::text[], %(weights)s::real[]) AS asked(term, weight)
         CROSS JOIN LATERAL (SELECT t.post_id
                               FROM complaint_term t
                              WHERE t.term = asked.term
                              ORDER BY t.post_id DESC
                              LIMIT %(each)s) AS near
         WHERE near.post_id <> %(without)s
         GROUP BY near.post_id
         ORDER BY weight DESC, near.post_id DESC
         LIMIT %(limit)s) AS best
  JOIN complaint c ON c.post_id = best.post_id AND c.at >= %(since)s
  LEFT JOIN problem_member m ON m.post_id = c.post_id AND m.role = 'main'
 ORDER BY best.weight DESC, c.post_id DESC;

-- name: members
-- The latest complaints of each of these problems.
SELECT c.post_id, c.terms, c.weights, c.spots, c.author, c.at, c.voice, asked.id, m.by <> 'rule'
  FROM unnest(%(problems)s::bigint[]) AS asked(id)
 CROSS JOIN LATERAL (SELECT post_id, by
                       FROM problem_member
                      WHERE problem_id = asked.id AND role = 'main'
                      ORDER BY post_id DESC
                      LIMIT %(each)s) AS m
  JOIN complaint c ON c.post_id = m.post_id;

-- name: seeds
-- What the catalogue says of its problems.
SELECT s.problem_id, s.terms, s.weights, s.spots
  FROM problem_seed s
  JOIN problem p ON p.id = s.problem_id AND p.state <> 'gone'
 ORDER BY s.problem_id, s.number;

-- name: first_of
-- The author's first complaint.
SELECT post_id FROM complaint WHERE author = %(author)s ORDER BY post_id LIMIT 1;

-- name: barred
-- Problems a person took this complaint out of.
SELECT problem_id FROM problem_ban WHERE post_id = %(post_id)s;

-- name: put
-- Keep a complaint; an edited wording replaces the earlier one.
INSERT INTO complaint (post_id, version, terms, weights, spots, author, at, voice, grouped_at)
SELECT %(post_id)s, p.version, %(terms)s, %(weights)s, %(spots)s, %(author)s, %(at)s, %(voice)s, %(now)s
  FROM post p WHERE p.id = %(post_id)s
ON CONFLICT (post_id) DO UPDATE
   SET version = EXCLUDED.version, terms = EXCLUDED.terms, weights = EXCLUDED.weights, spots = EXCLUDED.spots,
       author = EXCLUDED.author, at = EXCLUDED.at, voice = EXCLUDED.voice;

-- name: forget_terms
-- The terms of an earlier wording.
DELETE FROM complaint_term WHERE post_id = %(post_id)s;

-- name: keep_terms
-- The terms a complaint is found by.
INSERT INTO complaint_term (term, post_id)
SELECT term, %(post_id)s FROM unnest(%(terms)s::text[]) AS term
ON CONFLICT DO NOTHING;

-- name: open
-- A new candidate.
INSERT INTO problem (since, opened_at) VALUES (%(now)s, %(now)s) RETURNING id;

-- name: unplace
-- Take back what rules said of these complaints' main problems; what people said stays.
DELETE FROM problem_member WHERE post_id = ANY(%(ids)s) AND role = 'main' AND by = 'rule';

-- name: unmention
-- Take back what rules said these complaints mention.
DELETE FROM problem_member WHERE post_id = ANY(%(ids)s) AND role = 'also' AND by = 'rule';

-- name: place
-- Put a complaint where a rule found it belongs, unless a person decided otherwise.
INSERT INTO problem_member (post_id, problem_id, role, score, neighbours, terms, by, at)
SELECT %(post_id)s, %(problem_id)s, %(role)s, %(score)s, %(neighbours)s, %(terms)s, 'rule', %(now)s
 WHERE NOT EXISTS (SELECT 1 FROM problem_ban b WHERE b.post_id = %(post_id)s AND b.problem_id = %(problem_id)s)
ON CONFLICT DO NOTHING;

-- name: window_complaints
-- Everything the careful pass groups, oldest first.
SELECT c.post_id, c.terms, c.weights, c.spots, c.author, c.at, c.voice, m.problem_id, coalesce(m.by <> 'rule', false)
  FROM complaint c
  LEFT JOIN problem_member m ON m.post_id = c.post_id AND m.role = 'main'
 WHERE c.at >= %(since)s
 ORDER BY c.post_id;

-- name: window_problems
-- Problems the careful pass may continue.
SELECT id, state, is_settled FROM problem WHERE state <> 'gone' ORDER BY id;

-- name: window_bans
-- All that people took out of problems.
SELECT post_id, problem_id FROM problem_ban ORDER BY post_id, problem_id;

-- name: fresh
-- Complaints that came since the last careful pass.
SELECT post_id FROM complaint
 WHERE grouped_at > coalesce((SELECT at FROM fact WHERE name = 'careful_pass'), '-infinity');

-- name: note_careful_pass
-- When the careful pass last went through.
INSERT INTO fact (name, value, at) VALUES ('careful_pass', %(counts)s, %(now)s)
ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value, at = EXCLUDED.at;

-- name: make_room
-- What only mentioned the problem that continues an ended one is about to belong to it.
DELETE FROM problem_member o USING problem_member m
 WHERE m.problem_id = %(problem_id)s AND m.role = 'main' AND o.post_id = m.post_id AND o.problem_id = %(into)s;

-- name: hand_over
-- What an ended problem still holds goes to the one that continues it.
UPDATE problem_member m SET problem_id = %(into)s
 WHERE m.problem_id = %(problem_id)s
   AND NOT EXISTS (SELECT 1 FROM problem_member o WHERE o.post_id = m.post_id AND o.problem_id = %(into)s);

-- name: let_go
-- What an ended problem still holds stays alone.
DELETE FROM problem_member WHERE problem_id = %(problem_id)s;

-- name: end
-- The row stays as a trail.
UPDATE problem SET state = 'gone', since = %(now)s, merged_into = %(into)s WHERE id = %(problem_id)s;

-- name: suggest
-- Ask once whether two problems are one; the score follows until a person answers.
INSERT INTO problem_suggestion (one_id, other_id, score, at) VALUES (%(one)s, %(other)s, %(score)s, %(now)s)
ON CONFLICT (one_id, other_id) DO UPDATE SET score = EXCLUDED.score WHERE problem_suggestion.decision IS NULL;

-- name: lives
-- What the rules of life need, but for the voices.
SELECT id, state, since, fixed_at, ignored_until, ignored_until_voices, ignored_until_grows
  FROM problem
 WHERE id = ANY(%(problems)s) AND state <> 'gone';

-- name: voices
-- First and last word of each voice among a problem's latest complaints.
SELECT asked.id, min(m.at), max(m.at)
  FROM unnest(%(problems)s::bigint[]) AS asked(id)
 CROSS JOIN LATERAL (SELECT c.voice, c.at
                       FROM problem_member m
                       JOIN complaint c ON c.post_id = m.post_id
                      WHERE m.problem_id = asked.id AND m.role = 'main'
                      ORDER BY m.post_id DESC
                      LIMIT %(each)s) AS m
 GROUP BY asked.id, m.voice
 ORDER BY asked.id, min(m.at);

-- name: alive
-- Problems that time alone may move.
SELECT id FROM problem WHERE state <> 'gone' ORDER BY id;

-- name: weekdays
-- How the company's latest complaints spread over weekdays, Monday first.
SELECT d.day, count(c.post_id)
  FROM generate_series(1, 7) AS d(day)
  LEFT JOIN (SELECT post_id, at FROM complaint ORDER BY post_id DESC LIMIT 3000) AS c
    ON extract(isodow FROM c.at) = d.day
 GROUP BY d.day ORDER BY d.day;

-- name: moved
-- Keep a change of state.
INSERT INTO problem_move (problem_id, before, after, by, because, at)
VALUES (%(problem_id)s, %(before)s, %(after)s, %(by)s, %(because)s, %(at)s);

-- name: set_state
-- The state itself; a problem is raised once.
UPDATE problem
   SET state = %(after)s, since = %(at)s,
       raised_at = CASE WHEN %(after)s = 'new' THEN coalesce(raised_at, %(at)s) ELSE raised_at END
 WHERE id = %(problem_id)s AND state = %(before)s;

-- name: newest_space
-- What was learned last, unless the caller has it already.
SELECT digest, CASE WHEN digest = ANY(%(known)s) THEN NULL ELSE body END, learned_at, complaints
  FROM problem_space ORDER BY id DESC LIMIT 1;

-- name: save_space
-- Keep what was learned.
INSERT INTO problem_space (learned_at, complaints, digest, body)
VALUES (%(now)s, %(complaints)s, %(digest)s, %(body)s) RETURNING id;

-- name: drop_older_spaces
-- One space is enough: it can be learned anew.
DELETE FROM problem_space WHERE id < %(id)s;

-- name: came_since
-- How many complaints came since then, counted up to a limit so that it stays cheap.
SELECT count(*) FROM (SELECT 1 FROM complaint WHERE grouped_at > %(since)s LIMIT %(limit)s) AS came;

-- name: latest_bags
-- The latest complaints to learn from, oldest first.
SELECT terms, weights, spots
  FROM (SELECT post_id, terms, weights, spots FROM complaint ORDER BY post_id DESC LIMIT %(limit)s) AS latest
 ORDER BY post_id;

-- name: texts
-- A problem's latest complaints as written, to name it and to quote.
SELECT m.post_id, c.terms, c.weights, c.spots, p.text
  FROM problem_member m
  JOIN complaint c ON c.post_id = m.post_id
  JOIN post p ON p.id = m.post_id
 WHERE m.problem_id = %(problem_id)s AND m.role = 'main'
 ORDER BY m.post_id DESC
 LIMIT %(limit)s;

-- name: entitle
-- A title made by rule gives way to a person's.
UPDATE problem SET title = %(title)s WHERE id = %(problem_id)s AND NOT is_named AND title <> %(title)s;

-- name: unnamed
-- Which of these a rule may name.
SELECT id FROM problem WHERE id = ANY(%(problems)s) AND NOT is_named AND state <> 'gone';

-- name: name
-- A person's title stands above any rule's.
UPDATE problem SET title = %(title)s, is_named = true WHERE id = %(problem_id)s;

-- name: settle
-- A person decided something about it: from now on rules only add to it.
UPDATE problem SET is_settled = true WHERE id = ANY(%(problems)s);

-- name: acted
-- What a person did.
INSERT INTO problem_action (problem_id, verb, by, at, facts)
VALUES (%(problem_id)s, %(verb)s, %(by)s, %(now)s, %(facts)s);

-- name: where
-- The problem a complaint mainly belongs to.
SELECT problem_id FROM problem_member WHERE post_id = %(post_id)s AND role = 'main';

-- name: ban
-- The complaint does not belong to this problem, whatever rules find.
INSERT INTO problem_ban (post_id, problem_id, by, at) VALUES (%(post_id)s, %(problem_id)s, %(by)s, %(now)s)
ON CONFLICT (post_id, problem_id) DO NOTHING;

-- name: unban
-- A person put it back.
DELETE FROM problem_ban WHERE post_id = %(post_id)s AND problem_id = %(problem_id)s;

-- name: take_out
-- Out of one problem, in whatever role it was there.
DELETE FROM problem_member WHERE post_id = %(post_id)s AND problem_id = %(problem_id)s;

-- name: take_out_of_main
-- Out of its main problem, and of being mentioned where it will mainly be.
DELETE FROM problem_member WHERE post_id = %(post_id)s AND (role = 'main' OR problem_id = %(problem_id)s);

-- name: pin
-- A person put it here: no rule moves it.
INSERT INTO problem_member (post_id, problem_id, role, score, by, at)
VALUES (%(post_id)s, %(problem_id)s, 'main', 1, %(by)s, %(now)s);

-- name: state
-- The state of a problem, locked against a second hand.
SELECT state FROM problem WHERE id = %(problem_id)s FOR UPDATE;

-- name: ban_anew
-- What was taken out of a merged problem stays out of the one it became.
INSERT INTO problem_ban (post_id, problem_id, by, at)
SELECT post_id, %(into)s, by, at FROM problem_ban b WHERE b.problem_id = %(problem_id)s
   AND NOT EXISTS (SELECT 1 FROM problem_member m WHERE m.post_id = b.post_id AND m.problem_id = %(into)s)
ON CONFLICT DO NOTHING;

-- name: decide
-- A person answered whether two problems are one.
INSERT INTO problem_suggestion (one_id, other_id, score, at, decision, decided_by, decided_at)
VALUES (%(one)s, %(other)s, 0, %(now)s, %(decision)s, %(by)s, %(now)s)
ON CONFLICT (one_id, other_id) DO UPDATE
   SET decision = EXCLUDED.decision, decided_by = EXCLUDED.decided_by, decided_at = EXCLUDED.decided_at;

-- name: fix
-- What a person said of the fix.
UPDATE problem SET fixed_at = %(fixed_at)s, fixed_by = %(by)s, fixed_how = %(how)s WHERE id = %(problem_id)s;

-- name: ignore
-- Until when nobody wants to hear of it.
UPDATE problem
   SET ignored_until = %(until)s, ignored_until_voices = %(until_voices)s, ignored_until_grows = %(until_grows)s
 WHERE id = %(problem_id)s;

-- name: own
-- Whose it is; once a person said so, rules of ownership stop.
UPDATE problem SET owner = %(owner)s WHERE id = %(problem_id)s;

-- name: know
-- A problem of the catalogue: named from the first day.
INSERT INTO problem (key, title, is_named, owner, since, opened_at)
VALUES (%(key)s, %(title)s, true, %(owner)s, %(now)s, %(now)s)
ON CONFLICT (key) DO UPDATE SET title = EXCLUDED.title, owner = coalesce(problem.owner, EXCLUDED.owner)
RETURNING id, xmax = 0;

-- name: forget_seeds
-- The catalogue says something else now.
DELETE FROM problem_seed WHERE problem_id = %(problem_id)s;

-- name: seed
-- One text of the catalogue.
INSERT INTO problem_seed (problem_id, number, terms, weights, spots)
VALUES (%(problem_id)s, %(number)s, %(terms)s, %(weights)s, %(spots)s);

-- name: listed
-- Problems for a page: the loudest of the last four weeks first. Distinct voices, not posts.
SELECT p.id, p.title, p.state, p.since, p.raised_at, p.owner, p.is_settled, p.fixed_at, p.fixed_by, p.fixed_how,
       coalesce(c.posts, 0), coalesce(c.voices, 0), coalesce(c.week, 0), coalesce(c.month, 0), coalesce(c.before, 0),
       coalesce(c.authors, 0), c.first_at, c.last_at
  FROM problem p
  LEFT JOIN LATERAL (SELECT count(*) AS posts, count(DISTINCT c.voice) AS voices,
                            count(DISTINCT c.voice) FILTER (WHERE c.at > %(now)s - interval '7 days') AS week,
                            count(DISTINCT c.voice) FILTER (WHERE c.at > %(now)s - interval '28 days') AS month,
                            count(DISTINCT c.voice) FILTER (WHERE c.at <= %(now)s - interval '7 days'
                                                            AND c.at > %(now)s - interval '14 days') AS before,
                            count(DISTINCT c.author) AS authors, min(c.at) AS first_at, max(c.at) AS last_at
                       FROM problem_member m
                       JOIN complaint c ON c.post_id = m.post_id
                      WHERE m.problem_id = p.id AND m.role = 'main') AS c ON true
 WHERE p.state = ANY(%(states)s) AND (%(problem_id)s::bigint IS NULL OR p.id = %(problem_id)s)
 ORDER BY c.month DESC NULLS LAST, p.id
 LIMIT %(limit)s;

-- name: evidence
-- The complaints of a problem, newest first, and why each is here.
SELECT m.post_id, m.role, m.score, m.neighbours, m.terms, m.by, c.at, c.voice, c.author, p.source_id, p.text, p.url
  FROM problem_member m
  JOIN complaint c ON c.post_id = m.post_id
  JOIN post p ON p.id = m.post_id
 WHERE m.problem_id = %(problem_id)s
 ORDER BY c.at DESC, m.post_id DESC
 LIMIT %(limit)s;

-- name: asked
-- Pairs that a person may merge, the likest first.
SELECT s.one_id, s.other_id, s.score
  FROM problem_suggestion s
  JOIN problem a ON a.id = s.one_id AND a.state <> 'gone'
  JOIN problem b ON b.id = s.other_id AND b.state <> 'gone'
 WHERE s.decision IS NULL
 ORDER BY s.score DESC, s.one_id, s.other_id
 LIMIT %(limit)s;

-- name: recent_voices
-- Who said what in a problem lately: the authors behind each voice.
SELECT c.voice, array_agg(DISTINCT c.author)
  FROM problem_member m
  JOIN complaint c ON c.post_id = m.post_id
 WHERE m.problem_id = %(problem_id)s AND m.role = 'main' AND c.at > %(since)s
 GROUP BY c.voice;

-- name: history
-- Every change of a problem's state, first to last.
SELECT before, after, by, because, at FROM problem_move WHERE problem_id = %(problem_id)s ORDER BY id;
