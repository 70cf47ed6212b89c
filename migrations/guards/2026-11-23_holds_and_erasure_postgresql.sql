-- Holds, and what stays of the erased. Statements are apart by an empty line.

CREATE FUNCTION hold_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'a hold is lifted by two people, never deleted'; END IF; IF TG_OP = 'INSERT' THEN IF NEW.lift_asked_by_id IS NOT NULL OR NEW.lifted_by_id IS NOT NULL THEN RAISE EXCEPTION 'a hold begins standing'; END IF; RETURN NEW; END IF; IF (NEW.id IS DISTINCT FROM OLD.id OR NEW.scope IS DISTINCT FROM OLD.scope OR NEW.applicant_id IS DISTINCT FROM OLD.applicant_id OR NEW.case_id IS DISTINCT FROM OLD.case_id OR NEW.reason_code IS DISTINCT FROM OLD.reason_code OR NEW.subject_id IS DISTINCT FROM OLD.subject_id OR NEW.set_by_id IS DISTINCT FROM OLD.set_by_id OR NEW.set_at IS DISTINCT FROM OLD.set_at) OR (OLD.lifted_by_id IS NOT NULL AND (NEW.lift_asked_by_id IS DISTINCT FROM OLD.lift_asked_by_id OR NEW.lifted_by_id IS DISTINCT FROM OLD.lifted_by_id OR NEW.lifted_at IS DISTINCT FROM OLD.lifted_at)) OR (OLD.lift_asked_by_id IS NULL AND NEW.lifted_by_id IS NOT NULL) THEN RAISE EXCEPTION 'a hold does not change like this'; END IF; RETURN NEW; END $$

CREATE TRIGGER hold_life BEFORE INSERT OR UPDATE OR DELETE ON hold FOR EACH ROW EXECUTE FUNCTION hold_life()

CREATE TRIGGER hold_life_truncate BEFORE TRUNCATE ON hold FOR EACH STATEMENT EXECUTE FUNCTION hold_life()

CREATE FUNCTION erasure_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'an erasure stays on record'; END IF; IF TG_OP = 'INSERT' THEN IF NEW.status <> 'noticed' THEN RAISE EXCEPTION 'an erasure begins with its notice'; END IF; RETURN NEW; END IF; IF (NEW.id IS DISTINCT FROM OLD.id OR NEW.applicant_id IS DISTINCT FROM OLD.applicant_id OR NEW.asked_by_id IS DISTINCT FROM OLD.asked_by_id OR NEW.cause IS DISTINCT FROM OLD.cause OR NEW.retention_class IS DISTINCT FROM OLD.retention_class OR NEW.noticed_at IS DISTINCT FROM OLD.noticed_at) OR NOT (NEW.status = OLD.status OR (OLD.status = 'noticed' AND NEW.status IN ('approved', 'withdrawn')) OR (OLD.status = 'approved' AND NEW.status IN ('erased', 'withdrawn'))) THEN RAISE EXCEPTION 'an erasure does not change like this'; END IF; RETURN NEW; END $$

CREATE TRIGGER erasure_life BEFORE INSERT OR UPDATE OR DELETE ON erasure FOR EACH ROW EXECUTE FUNCTION erasure_life()

CREATE TRIGGER erasure_life_truncate BEFORE TRUNCATE ON erasure FOR EACH STATEMENT EXECUTE FUNCTION erasure_life()

CREATE FUNCTION applicant_erased_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.erased_at IS NOT NULL THEN RAISE EXCEPTION 'who is erased stays erased'; END IF; IF NEW.erased_at IS NOT NULL AND EXISTS (SELECT 1 FROM hold WHERE lifted_at IS NULL AND (scope = 'everything' OR applicant_id = NEW.id)) THEN RAISE EXCEPTION 'on legal hold: nothing is erased'; END IF; RETURN NEW; END $$

CREATE TRIGGER applicant_erased_once BEFORE UPDATE ON "applicant" FOR EACH ROW EXECUTE FUNCTION applicant_erased_once()

CREATE FUNCTION case_erased_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.erased_at IS NOT NULL THEN RAISE EXCEPTION 'who is erased stays erased'; END IF; IF NEW.erased_at IS NOT NULL AND EXISTS (SELECT 1 FROM hold WHERE lifted_at IS NULL AND (scope = 'everything' OR applicant_id = NEW.applicant_id)) THEN RAISE EXCEPTION 'on legal hold: nothing is erased'; END IF; RETURN NEW; END $$

CREATE TRIGGER case_erased_once BEFORE UPDATE ON "case" FOR EACH ROW EXECUTE FUNCTION case_erased_once()

CREATE FUNCTION case_note_of_the_living() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE moment timestamptz; BEGIN SELECT erased_at INTO moment FROM "case" WHERE id = NEW.case_id FOR KEY SHARE; IF moment IS NOT NULL THEN RAISE EXCEPTION 'the person of this case is erased'; END IF; RETURN NEW; END $$

CREATE TRIGGER case_note_of_the_living BEFORE INSERT ON case_note FOR EACH ROW EXECUTE FUNCTION case_note_of_the_living()

CREATE FUNCTION deadline_of_the_living() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE moment timestamptz; BEGIN SELECT erased_at INTO moment FROM "case" WHERE id = NEW.case_id FOR KEY SHARE; IF moment IS NOT NULL THEN RAISE EXCEPTION 'the person of this case is erased'; END IF; RETURN NEW; END $$

CREATE TRIGGER deadline_of_the_living BEFORE INSERT ON deadline FOR EACH ROW EXECUTE FUNCTION deadline_of_the_living()

CREATE FUNCTION hearing_of_the_living() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE moment timestamptz; BEGIN SELECT erased_at INTO moment FROM "case" WHERE id = NEW.case_id FOR KEY SHARE; IF moment IS NOT NULL THEN RAISE EXCEPTION 'the person of this case is erased'; END IF; RETURN NEW; END $$

CREATE TRIGGER hearing_of_the_living BEFORE INSERT ON hearing FOR EACH ROW EXECUTE FUNCTION hearing_of_the_living()

CREATE FUNCTION screening_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'UPDATE' THEN IF NEW.id IS NOT DISTINCT FROM OLD.id AND NEW.application_id IS NOT DISTINCT FROM OLD.application_id AND NEW.run_id IS NOT DISTINCT FROM OLD.run_id AND NEW.fund_id IS NOT DISTINCT FROM OLD.fund_id AND NEW.verdict IS NOT DISTINCT FROM OLD.verdict AND NEW.as_of IS NOT DISTINCT FROM OLD.as_of AND NEW.ruleset IS NOT DISTINCT FROM OLD.ruleset AND NEW.reference_data IS NOT DISTINCT FROM OLD.reference_data AND NEW.screened_by_id IS NOT DISTINCT FROM OLD.screened_by_id AND NEW.screened_at IS NOT DISTINCT FROM OLD.screened_at AND length(NEW.snapshot_sealed) = 0 AND EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL) THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION 'screening is append-only'; END $$

CREATE TRIGGER screening_append_only_change BEFORE UPDATE OR DELETE ON screening FOR EACH ROW EXECUTE FUNCTION screening_append_only()

CREATE TRIGGER screening_append_only_truncate BEFORE TRUNCATE ON screening FOR EACH STATEMENT EXECUTE FUNCTION screening_append_only()
