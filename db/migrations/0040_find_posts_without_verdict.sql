-- Which model's verdict stands for the present wording of a post. Not truth (that is the table verdict), but what
-- lets the classify station find its work among millions of posts; an edit takes it away, so it cannot stick.
ALTER TABLE post ADD COLUMN judged_by text;

-- Customers' posts by the model that judged them, newest last: those of no model, and those of another one.
CREATE INDEX post_to_judge ON post (judged_by, id) WHERE NOT is_official AND kind <> 'answer';

CREATE FUNCTION forget_verdict_of_earlier_wording() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.judged_by := NULL;
    RETURN NEW;
END
$$;

CREATE TRIGGER post_edited BEFORE UPDATE OF version ON post
    FOR EACH ROW WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION forget_verdict_of_earlier_wording();
