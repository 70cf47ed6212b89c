-- Agreements and invoices. Statements are apart by an empty line.

CREATE TRIGGER agreement_never_deleted BEFORE DELETE ON agreement BEGIN SELECT RAISE(ABORT, 'an agreement stays'); END

CREATE TRIGGER agreement_version_life_begin BEFORE INSERT ON agreement_version WHEN NEW.status <> 'draft' OR NEW.id IN (SELECT id FROM agreement_version) BEGIN SELECT RAISE(ABORT, 'a version begins as a draft'); END

CREATE TRIGGER agreement_version_life_change BEFORE UPDATE ON agreement_version WHEN OLD.status <> 'draft' OR NEW.id <> OLD.id OR NEW.agreement_id <> OLD.agreement_id OR NEW.number <> OLD.number OR NEW.model <> OLD.model OR NEW.starts_on <> OLD.starts_on OR NEW.ends_on <> OLD.ends_on OR NEW.effective_on <> OLD.effective_on OR NEW.ceiling <> OLD.ceiling OR NEW.carry_over <> OLD.carry_over OR NEW.projected <> OLD.projected OR NEW.drafted_by <> OLD.drafted_by OR NEW.case_cap IS DISTINCT FROM OLD.case_cap OR NEW.hours_cap IS DISTINCT FROM OLD.hours_cap OR NEW.case_rate IS DISTINCT FROM OLD.case_rate BEGIN SELECT RAISE(ABORT, 'a version does not change like this'); END

CREATE TRIGGER agreement_version_life_stay BEFORE DELETE ON agreement_version BEGIN SELECT RAISE(ABORT, 'a version stays'); END

CREATE TRIGGER agreement_rate_append_only_update BEFORE UPDATE ON agreement_rate BEGIN SELECT RAISE(ABORT, 'agreement_rate is append-only'); END

CREATE TRIGGER agreement_rate_append_only_delete BEFORE DELETE ON agreement_rate BEGIN SELECT RAISE(ABORT, 'agreement_rate is append-only'); END

CREATE TRIGGER agreement_tranche_append_only_update BEFORE UPDATE ON agreement_tranche BEGIN SELECT RAISE(ABORT, 'agreement_tranche is append-only'); END

CREATE TRIGGER agreement_tranche_append_only_delete BEFORE DELETE ON agreement_tranche BEGIN SELECT RAISE(ABORT, 'agreement_tranche is append-only'); END

CREATE TRIGGER invoice_never_deleted BEFORE DELETE ON invoice BEGIN SELECT RAISE(ABORT, 'an invoice stays'); END

CREATE TRIGGER invoice_line_life_begin BEFORE INSERT ON invoice_line WHEN NEW.status <> 'open' OR NEW.id IN (SELECT id FROM invoice_line) BEGIN SELECT RAISE(ABORT, 'a line begins open'); END

CREATE TRIGGER invoice_line_life_change BEFORE UPDATE ON invoice_line WHEN NEW.id <> OLD.id OR NEW.invoice_id <> OLD.invoice_id OR NEW.agreement_id <> OLD.agreement_id OR NEW.case_id <> OLD.case_id OR NEW.number <> OLD.number OR NEW.kind <> OLD.kind OR NEW.entered_by <> OLD.entered_by OR (OLD.status IN ('accepted', 'withdrawn') AND (NEW.status <> OLD.status OR NEW.amount <> OLD.amount OR NEW.worked_on <> OLD.worked_on OR NEW.category <> OLD.category OR NEW.stage IS DISTINCT FROM OLD.stage OR NEW.role IS DISTINCT FROM OLD.role OR NEW.hours IS DISTINCT FROM OLD.hours OR NEW.instalment IS DISTINCT FROM OLD.instalment OR NEW.award_id IS DISTINCT FROM OLD.award_id)) BEGIN SELECT RAISE(ABORT, 'a line does not change like this'); END

CREATE TRIGGER invoice_line_life_stay BEFORE DELETE ON invoice_line BEGIN SELECT RAISE(ABORT, 'a line is withdrawn, never deleted'); END
