-- name: reserve
-- Take the next free slot of a token, for all processes that share it. The row's lock makes it one at a time.
INSERT INTO call_pace (token_key, next_at) VALUES (%(token_key)s, %(now)s + %(interval)s)
ON CONFLICT (token_key) DO UPDATE
   SET next_at = greatest(call_pace.next_at, %(now)s) + %(interval)s
RETURNING next_at - %(interval)s AS slot;

-- name: take
-- Count one call of the day; no row comes back when the day's quota is spent.
INSERT INTO call_budget AS b (token_key, method, day, used)
VALUES (%(token_key)s, %(method)s, %(day)s, 1)
ON CONFLICT (token_key, method, day) DO UPDATE SET used = b.used + 1
 WHERE b.used < %(quota)s
RETURNING used;

-- name: used
-- How many calls of a method the day has seen.
SELECT used FROM call_budget WHERE token_key = %(token_key)s AND method = %(method)s AND day = %(day)s;

-- name: stop
-- The other side asked for silence: nobody calls the method with this token before then.
INSERT INTO call_budget AS b (token_key, method, day, stopped_until)
VALUES (%(token_key)s, %(method)s, %(day)s, %(until)s)
ON CONFLICT (token_key, method, day) DO UPDATE SET stopped_until = greatest(b.stopped_until, %(until)s);

-- name: stopped_until
-- The end of a silence that lasts still.
SELECT max(stopped_until) AS until FROM call_budget
 WHERE token_key = %(token_key)s AND method = %(method)s AND stopped_until > %(now)s;
