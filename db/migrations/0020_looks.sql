-- What a look at a thread leaves behind, beside the posts.

-- When a complete look at the thread first missed this post. A second complete look that misses it too
-- concludes that it is gone (pages shift while they are read: one miss proves nothing). NULL: seen last time.
ALTER TABLE post ADD COLUMN missed_at timestamptz;

-- How many comments the source said the thread holds, as of the last complete look: equal now, the thread
-- need not be read again.
ALTER TABLE thread ADD COLUMN reported_count integer;
-- How many of them the last look to the end could not see. The same shortage twice means that the source
-- counts comments it shows to nobody; a new one means that the look was not complete.
ALTER TABLE thread ADD COLUMN shortage integer NOT NULL DEFAULT 0;
