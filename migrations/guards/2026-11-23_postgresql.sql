-- What the database refuses by itself. Statements are apart by an empty line.

CREATE FUNCTION audit_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_event is append-only'; END $$

CREATE TRIGGER audit_event_append_only_change BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_append_only()

CREATE TRIGGER audit_event_append_only_truncate BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_event_append_only()

CREATE FUNCTION audit_seal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_seal is append-only'; END $$

CREATE TRIGGER audit_seal_append_only_change BEFORE UPDATE OR DELETE ON audit_seal FOR EACH ROW EXECUTE FUNCTION audit_seal_append_only()

CREATE TRIGGER audit_seal_append_only_truncate BEFORE TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION audit_seal_append_only()

CREATE FUNCTION audit_leaf_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_leaf is append-only'; END $$

CREATE TRIGGER audit_leaf_append_only_change BEFORE UPDATE OR DELETE ON audit_leaf FOR EACH ROW EXECUTE FUNCTION audit_leaf_append_only()

CREATE TRIGGER audit_leaf_append_only_truncate BEFORE TRUNCATE ON audit_leaf FOR EACH STATEMENT EXECUTE FUNCTION audit_leaf_append_only()

CREATE FUNCTION assignment_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an assignment is ended, never deleted'; END $$

CREATE TRIGGER assignment_never_deleted BEFORE DELETE ON assignment FOR EACH ROW EXECUTE FUNCTION assignment_never_deleted()

CREATE FUNCTION ledger_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_entry is append-only'; END $$

CREATE TRIGGER ledger_entry_append_only_change BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_append_only()

CREATE TRIGGER ledger_entry_append_only_truncate BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_append_only()

CREATE FUNCTION award_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'an award is closed, never deleted'; END IF; IF TG_OP = 'INSERT' THEN IF NEW.status <> 'requested' THEN RAISE EXCEPTION 'an award begins as requested'; END IF; RETURN NEW; END IF; IF (NEW.id <> OLD.id OR NEW.reference <> OLD.reference OR NEW.case_id <> OLD.case_id OR NEW.fund_id <> OLD.fund_id OR NEW.allocation_id <> OLD.allocation_id OR NEW.category <> OLD.category OR NEW.amount <> OLD.amount OR NEW.requested_by <> OLD.requested_by) OR NOT (NEW.status = OLD.status OR (OLD.status = 'active' AND NEW.status = 'closed') OR (OLD.status = 'approved' AND NEW.status = 'active') OR (OLD.status = 'approved' AND NEW.status = 'closed') OR (OLD.status = 'requested' AND NEW.status = 'approved') OR (OLD.status = 'requested' AND NEW.status = 'rejected')) THEN RAISE EXCEPTION 'an award does not change like this'; END IF; RETURN NEW; END $$

CREATE TRIGGER award_life BEFORE INSERT OR UPDATE OR DELETE ON award FOR EACH ROW EXECUTE FUNCTION award_life()

CREATE TRIGGER award_life_truncate BEFORE TRUNCATE ON award FOR EACH STATEMENT EXECUTE FUNCTION award_life()

CREATE FUNCTION ledger_account_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'an account stays'; END IF; IF TG_OP = 'INSERT' THEN IF NEW.balance <> 0 OR NEW.last_entry <> 0 THEN RAISE EXCEPTION 'an account begins empty'; END IF; RETURN NEW; END IF; IF NOT (NEW.id = OLD.id AND NEW.fund_id = OLD.fund_id AND NEW.kind = OLD.kind AND NEW.allocation_id IS NOT DISTINCT FROM OLD.allocation_id AND NEW.award_id IS NOT DISTINCT FROM OLD.award_id AND NEW.last_entry > OLD.last_entry AND EXISTS (SELECT 1 FROM ledger_entry AS e WHERE e.number = NEW.last_entry AND ((e.debit_account_id = NEW.id AND NEW.balance = OLD.balance + e.amount) OR (e.credit_account_id = NEW.id AND NEW.balance = OLD.balance - e.amount)))) THEN RAISE EXCEPTION 'a balance moves by an entry only'; END IF; RETURN NEW; END $$

CREATE TRIGGER ledger_account_life BEFORE INSERT OR UPDATE OR DELETE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_life()

CREATE TRIGGER ledger_account_life_truncate BEFORE TRUNCATE ON ledger_account FOR EACH STATEMENT EXECUTE FUNCTION ledger_account_life()

CREATE FUNCTION ledger_entry_keeps_balances() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE ledger_account SET last_entry = NEW.number, balance = balance + CASE WHEN id = NEW.debit_account_id THEN NEW.amount ELSE -NEW.amount END WHERE id IN (NEW.debit_account_id, NEW.credit_account_id); RETURN NULL; END $$

CREATE TRIGGER ledger_entry_keeps_balances AFTER INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_keeps_balances()

CREATE FUNCTION disbursement_step_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disbursement_step is append-only'; END $$

CREATE TRIGGER disbursement_step_append_only_change BEFORE UPDATE OR DELETE ON disbursement_step FOR EACH ROW EXECUTE FUNCTION disbursement_step_append_only()

CREATE TRIGGER disbursement_step_append_only_truncate BEFORE TRUNCATE ON disbursement_step FOR EACH STATEMENT EXECUTE FUNCTION disbursement_step_append_only()

CREATE FUNCTION disbursement_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'a disbursement is rejected or reversed, never deleted'; END IF; IF TG_OP = 'INSERT' THEN IF NEW.status <> 'draft' THEN RAISE EXCEPTION 'a disbursement begins as a draft'; END IF; RETURN NEW; END IF; IF (NEW.id <> OLD.id OR NEW.reference <> OLD.reference OR NEW.award_id <> OLD.award_id OR NEW.case_id <> OLD.case_id OR NEW.fund_id <> OLD.fund_id OR NEW.category <> OLD.category OR NEW.partner_id <> OLD.partner_id OR NEW.payee_id <> OLD.payee_id OR NEW.amount <> OLD.amount OR NEW.method <> OLD.method) OR NOT (NEW.status = OLD.status OR (OLD.status = 'approved' AND NEW.status = 'expired') OR (OLD.status = 'approved' AND NEW.status = 'rejected') OR (OLD.status = 'approved' AND NEW.status = 'released') OR (OLD.status = 'draft' AND NEW.status = 'expired') OR (OLD.status = 'draft' AND NEW.status = 'rejected') OR (OLD.status = 'draft' AND NEW.status = 'submitted') OR (OLD.status = 'released' AND NEW.status = 'returned') OR (OLD.status = 'released' AND NEW.status = 'settled') OR (OLD.status = 'settled' AND NEW.status = 'returned') OR (OLD.status = 'settled' AND NEW.status = 'reversed') OR (OLD.status = 'submitted' AND NEW.status = 'approved') OR (OLD.status = 'submitted' AND NEW.status = 'expired') OR (OLD.status = 'submitted' AND NEW.status = 'rejected')) THEN RAISE EXCEPTION 'a disbursement does not change like this'; END IF; RETURN NEW; END $$

CREATE TRIGGER disbursement_life BEFORE INSERT OR UPDATE OR DELETE ON disbursement FOR EACH ROW EXECUTE FUNCTION disbursement_life()

CREATE TRIGGER disbursement_life_truncate BEFORE TRUNCATE ON disbursement FOR EACH STATEMENT EXECUTE FUNCTION disbursement_life()

CREATE FUNCTION screening_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'screening is append-only'; END $$

CREATE TRIGGER screening_append_only_change BEFORE UPDATE OR DELETE ON screening FOR EACH ROW EXECUTE FUNCTION screening_append_only()

CREATE TRIGGER screening_append_only_truncate BEFORE TRUNCATE ON screening FOR EACH STATEMENT EXECUTE FUNCTION screening_append_only()
