-- Agreements and invoices. Statements are apart by an empty line.

CREATE FUNCTION agreement_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an agreement stays'; END $$

CREATE TRIGGER agreement_never_deleted BEFORE DELETE ON agreement FOR EACH ROW EXECUTE FUNCTION agreement_never_deleted()

CREATE FUNCTION agreement_version_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'a version stays'; END IF; IF TG_OP = 'INSERT' THEN IF NEW.status <> 'draft' THEN RAISE EXCEPTION 'a version begins as a draft'; END IF; RETURN NEW; END IF; IF OLD.status <> 'draft' OR NEW.id <> OLD.id OR NEW.agreement_id <> OLD.agreement_id OR NEW.number <> OLD.number OR NEW.model <> OLD.model OR NEW.starts_on <> OLD.starts_on OR NEW.ends_on <> OLD.ends_on OR NEW.effective_on <> OLD.effective_on OR NEW.ceiling <> OLD.ceiling OR NEW.carry_over <> OLD.carry_over OR NEW.projected <> OLD.projected OR NEW.drafted_by <> OLD.drafted_by OR NEW.case_cap IS DISTINCT FROM OLD.case_cap OR NEW.hours_cap IS DISTINCT FROM OLD.hours_cap OR NEW.case_rate IS DISTINCT FROM OLD.case_rate THEN RAISE EXCEPTION 'a version does not change like this'; END IF; RETURN NEW; END $$

CREATE TRIGGER agreement_version_life BEFORE INSERT OR UPDATE OR DELETE ON agreement_version FOR EACH ROW EXECUTE FUNCTION agreement_version_life()

CREATE TRIGGER agreement_version_life_truncate BEFORE TRUNCATE ON agreement_version FOR EACH STATEMENT EXECUTE FUNCTION agreement_version_life()

CREATE FUNCTION agreement_rate_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'agreement_rate is append-only'; END $$

CREATE TRIGGER agreement_rate_append_only_change BEFORE UPDATE OR DELETE ON agreement_rate FOR EACH ROW EXECUTE FUNCTION agreement_rate_append_only()

CREATE TRIGGER agreement_rate_append_only_truncate BEFORE TRUNCATE ON agreement_rate FOR EACH STATEMENT EXECUTE FUNCTION agreement_rate_append_only()

CREATE FUNCTION agreement_tranche_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'agreement_tranche is append-only'; END $$

CREATE TRIGGER agreement_tranche_append_only_change BEFORE UPDATE OR DELETE ON agreement_tranche FOR EACH ROW EXECUTE FUNCTION agreement_tranche_append_only()

CREATE TRIGGER agreement_tranche_append_only_truncate BEFORE TRUNCATE ON agreement_tranche FOR EACH STATEMENT EXECUTE FUNCTION agreement_tranche_append_only()

CREATE FUNCTION invoice_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an invoice stays'; END $$

CREATE TRIGGER invoice_never_deleted BEFORE DELETE ON invoice FOR EACH ROW EXECUTE FUNCTION invoice_never_deleted()

CREATE FUNCTION invoice_line_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'a line is withdrawn, never deleted'; END IF; IF TG_OP = 'INSERT' THEN IF NEW.status <> 'open' THEN RAISE EXCEPTION 'a line begins open'; END IF; RETURN NEW; END IF; IF NEW.id <> OLD.id OR NEW.invoice_id <> OLD.invoice_id OR NEW.agreement_id <> OLD.agreement_id OR NEW.case_id <> OLD.case_id OR NEW.number <> OLD.number OR NEW.kind <> OLD.kind OR NEW.entered_by <> OLD.entered_by OR (OLD.status IN ('accepted', 'withdrawn') AND (NEW.status <> OLD.status OR NEW.amount <> OLD.amount OR NEW.worked_on <> OLD.worked_on OR NEW.category <> OLD.category OR NEW.stage IS DISTINCT FROM OLD.stage OR NEW.role IS DISTINCT FROM OLD.role OR NEW.hours IS DISTINCT FROM OLD.hours OR NEW.instalment IS DISTINCT FROM OLD.instalment OR NEW.award_id IS DISTINCT FROM OLD.award_id)) THEN RAISE EXCEPTION 'a line does not change like this'; END IF; RETURN NEW; END $$

CREATE TRIGGER invoice_line_life BEFORE INSERT OR UPDATE OR DELETE ON invoice_line FOR EACH ROW EXECUTE FUNCTION invoice_line_life()

CREATE TRIGGER invoice_line_life_truncate BEFORE TRUNCATE ON invoice_line FOR EACH STATEMENT EXECUTE FUNCTION invoice_line_life()
