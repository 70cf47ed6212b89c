-- Holds, and what stays of the erased. Statements are apart by an empty line.

CREATE TRIGGER hold_life_begin BEFORE INSERT ON hold WHEN NEW.lift_asked_by_id IS NOT NULL OR NEW.lifted_by_id IS NOT NULL OR NEW.id IN (SELECT id FROM hold) BEGIN SELECT RAISE(ABORT, 'a hold begins standing'); END

CREATE TRIGGER hold_life_change BEFORE UPDATE ON hold WHEN (NEW.id IS DISTINCT FROM OLD.id OR NEW.scope IS DISTINCT FROM OLD.scope OR NEW.applicant_id IS DISTINCT FROM OLD.applicant_id OR NEW.case_id IS DISTINCT FROM OLD.case_id OR NEW.reason_code IS DISTINCT FROM OLD.reason_code OR NEW.subject_id IS DISTINCT FROM OLD.subject_id OR NEW.set_by_id IS DISTINCT FROM OLD.set_by_id OR NEW.set_at IS DISTINCT FROM OLD.set_at) OR (OLD.lifted_by_id IS NOT NULL AND (NEW.lift_asked_by_id IS DISTINCT FROM OLD.lift_asked_by_id OR NEW.lifted_by_id IS DISTINCT FROM OLD.lifted_by_id OR NEW.lifted_at IS DISTINCT FROM OLD.lifted_at)) OR (OLD.lift_asked_by_id IS NULL AND NEW.lifted_by_id IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'a hold does not change like this'); END

CREATE TRIGGER hold_life_stay BEFORE DELETE ON hold BEGIN SELECT RAISE(ABORT, 'a hold is lifted by two people, never deleted'); END

CREATE TRIGGER erasure_life_begin BEFORE INSERT ON erasure WHEN NEW.status <> 'noticed' OR NEW.id IN (SELECT id FROM erasure) BEGIN SELECT RAISE(ABORT, 'an erasure begins with its notice'); END

CREATE TRIGGER erasure_life_change BEFORE UPDATE ON erasure WHEN (NEW.id IS DISTINCT FROM OLD.id OR NEW.applicant_id IS DISTINCT FROM OLD.applicant_id OR NEW.asked_by_id IS DISTINCT FROM OLD.asked_by_id OR NEW.cause IS DISTINCT FROM OLD.cause OR NEW.retention_class IS DISTINCT FROM OLD.retention_class OR NEW.noticed_at IS DISTINCT FROM OLD.noticed_at) OR NOT (NEW.status = OLD.status OR (OLD.status = 'noticed' AND NEW.status IN ('approved', 'withdrawn')) OR (OLD.status = 'approved' AND NEW.status IN ('erased', 'withdrawn'))) BEGIN SELECT RAISE(ABORT, 'an erasure does not change like this'); END

CREATE TRIGGER erasure_life_stay BEFORE DELETE ON erasure BEGIN SELECT RAISE(ABORT, 'an erasure stays on record'); END

CREATE TRIGGER applicant_erased_once BEFORE UPDATE ON "applicant" WHEN OLD.erased_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'who is erased stays erased'); END

CREATE TRIGGER applicant_erased_once_held BEFORE UPDATE ON "applicant" WHEN OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND EXISTS (SELECT 1 FROM hold WHERE lifted_at IS NULL AND (scope = 'everything' OR applicant_id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'on legal hold: nothing is erased'); END

CREATE TRIGGER case_erased_once BEFORE UPDATE ON "case" WHEN OLD.erased_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'who is erased stays erased'); END

CREATE TRIGGER case_erased_once_held BEFORE UPDATE ON "case" WHEN OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND EXISTS (SELECT 1 FROM hold WHERE lifted_at IS NULL AND (scope = 'everything' OR applicant_id = NEW.applicant_id)) BEGIN SELECT RAISE(ABORT, 'on legal hold: nothing is erased'); END

CREATE TRIGGER case_note_of_the_living BEFORE INSERT ON case_note WHEN (SELECT erased_at FROM "case" WHERE id = NEW.case_id) IS NOT NULL BEGIN SELECT RAISE(ABORT, 'the person of this case is erased'); END

CREATE TRIGGER deadline_of_the_living BEFORE INSERT ON deadline WHEN (SELECT erased_at FROM "case" WHERE id = NEW.case_id) IS NOT NULL BEGIN SELECT RAISE(ABORT, 'the person of this case is erased'); END

CREATE TRIGGER hearing_of_the_living BEFORE INSERT ON hearing WHEN (SELECT erased_at FROM "case" WHERE id = NEW.case_id) IS NOT NULL BEGIN SELECT RAISE(ABORT, 'the person of this case is erased'); END

CREATE TRIGGER screening_append_only_update BEFORE UPDATE ON screening WHEN NOT (NEW.id IS NOT DISTINCT FROM OLD.id AND NEW.application_id IS NOT DISTINCT FROM OLD.application_id AND NEW.run_id IS NOT DISTINCT FROM OLD.run_id AND NEW.fund_id IS NOT DISTINCT FROM OLD.fund_id AND NEW.verdict IS NOT DISTINCT FROM OLD.verdict AND NEW.as_of IS NOT DISTINCT FROM OLD.as_of AND NEW.ruleset IS NOT DISTINCT FROM OLD.ruleset AND NEW.reference_data IS NOT DISTINCT FROM OLD.reference_data AND NEW.screened_by_id IS NOT DISTINCT FROM OLD.screened_by_id AND NEW.screened_at IS NOT DISTINCT FROM OLD.screened_at AND length(NEW.snapshot_sealed) = 0 AND EXISTS (SELECT 1 FROM application WHERE id = OLD.application_id AND erased_at IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'screening is append-only'); END

CREATE TRIGGER screening_append_only_delete BEFORE DELETE ON screening BEGIN SELECT RAISE(ABORT, 'screening is append-only'); END
