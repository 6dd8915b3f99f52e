-- The queue of the pages: what waits for us in order, apart from what nobody could ever look at.

-- Whether any look at its thread could have shown an answer, so that thousands of imported reviews do not stand
-- before live customers in one index. A shadow of thread.checked_at and is_checkable, kept by the triggers below.
ALTER TABLE conversation ADD COLUMN is_checked boolean NOT NULL DEFAULT false;

UPDATE conversation c SET is_checked = true
  FROM thread t WHERE t.id = c.thread_id AND t.checked_at IS NOT NULL AND c.is_checkable;

CREATE FUNCTION conversation_is_checked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.is_checked := NEW.is_checkable
                      AND EXISTS (SELECT 1 FROM thread WHERE id = NEW.thread_id AND checked_at IS NOT NULL);
    RETURN NEW;
END
$$;

CREATE TRIGGER conversation_written BEFORE INSERT OR UPDATE OF is_checkable ON conversation
    FOR EACH ROW EXECUTE FUNCTION conversation_is_checked();

CREATE FUNCTION thread_first_checked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE conversation SET is_checked = is_checkable AND NEW.checked_at IS NOT NULL WHERE thread_id = NEW.id;
    RETURN NULL;
END
$$;

-- Fires at most once in a thread's life: later looks change the time, not whether there is one.
CREATE TRIGGER thread_checked AFTER UPDATE OF checked_at ON thread
    FOR EACH ROW WHEN ((OLD.checked_at IS NULL) <> (NEW.checked_at IS NULL))
    EXECUTE FUNCTION thread_first_checked();

-- The queue in order, a page at a time: pages.sql `queue`, `clock_counts`, `count`.
CREATE INDEX conversation_in_queue ON conversation (is_checked, coalesce(waiting_since, first_seen_at), id)
    WHERE state = 'waiting_us';
-- The same of one source.
CREATE INDEX conversation_in_queue_of_source
    ON conversation (source_id, is_checked, coalesce(waiting_since, first_seen_at), id)
    WHERE state = 'waiting_us';
-- Promises in the order in which they fall due.
CREATE INDEX conversation_promised ON conversation (coalesce(promised_until, first_seen_at), id)
    WHERE state = 'promised';
