-- What the database refuses by itself. Statements are apart by an empty line.

CREATE TRIGGER audit_event_append_only_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END

CREATE TRIGGER audit_event_append_only_delete BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END

CREATE TRIGGER audit_seal_append_only_update BEFORE UPDATE ON audit_seal BEGIN SELECT RAISE(ABORT, 'audit_seal is append-only'); END

CREATE TRIGGER audit_seal_append_only_delete BEFORE DELETE ON audit_seal BEGIN SELECT RAISE(ABORT, 'audit_seal is append-only'); END

CREATE TRIGGER audit_leaf_append_only_update BEFORE UPDATE ON audit_leaf BEGIN SELECT RAISE(ABORT, 'audit_leaf is append-only'); END

CREATE TRIGGER audit_leaf_append_only_delete BEFORE DELETE ON audit_leaf BEGIN SELECT RAISE(ABORT, 'audit_leaf is append-only'); END

CREATE TRIGGER assignment_never_deleted BEFORE DELETE ON assignment BEGIN SELECT RAISE(ABORT, 'an assignment is ended, never deleted'); END

CREATE TRIGGER ledger_entry_append_only_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END

CREATE TRIGGER ledger_entry_append_only_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END

CREATE TRIGGER award_life_begin BEFORE INSERT ON award WHEN NEW.status <> 'requested' OR NEW.id IN (SELECT id FROM award) BEGIN SELECT RAISE(ABORT, 'an award begins as requested'); END

CREATE TRIGGER award_life_change BEFORE UPDATE ON award WHEN (NEW.id <> OLD.id OR NEW.reference <> OLD.reference OR NEW.case_id <> OLD.case_id OR NEW.fund_id <> OLD.fund_id OR NEW.allocation_id <> OLD.allocation_id OR NEW.category <> OLD.category OR NEW.amount <> OLD.amount OR NEW.requested_by <> OLD.requested_by) OR NOT (NEW.status = OLD.status OR (OLD.status = 'active' AND NEW.status = 'closed') OR (OLD.status = 'approved' AND NEW.status = 'active') OR (OLD.status = 'approved' AND NEW.status = 'closed') OR (OLD.status = 'requested' AND NEW.status = 'approved') OR (OLD.status = 'requested' AND NEW.status = 'rejected')) BEGIN SELECT RAISE(ABORT, 'an award does not change like this'); END

CREATE TRIGGER award_life_stay BEFORE DELETE ON award BEGIN SELECT RAISE(ABORT, 'an award is closed, never deleted'); END

CREATE TRIGGER ledger_account_life_begin BEFORE INSERT ON ledger_account WHEN NEW.balance <> 0 OR NEW.last_entry <> 0 OR NEW.id IN (SELECT id FROM ledger_account) BEGIN SELECT RAISE(ABORT, 'an account begins empty'); END

CREATE TRIGGER ledger_account_life_change BEFORE UPDATE ON ledger_account WHEN NOT (NEW.id = OLD.id AND NEW.fund_id = OLD.fund_id AND NEW.kind = OLD.kind AND NEW.allocation_id IS NOT DISTINCT FROM OLD.allocation_id AND NEW.award_id IS NOT DISTINCT FROM OLD.award_id AND NEW.last_entry > OLD.last_entry AND EXISTS (SELECT 1 FROM ledger_entry AS e WHERE e.number = NEW.last_entry AND ((e.debit_account_id = NEW.id AND NEW.balance = OLD.balance + e.amount) OR (e.credit_account_id = NEW.id AND NEW.balance = OLD.balance - e.amount)))) BEGIN SELECT RAISE(ABORT, 'a balance moves by an entry only'); END

CREATE TRIGGER ledger_account_life_stay BEFORE DELETE ON ledger_account BEGIN SELECT RAISE(ABORT, 'an account stays'); END

CREATE TRIGGER ledger_entry_keeps_balances_new BEFORE INSERT ON ledger_entry WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE number = NEW.number OR (disbursement_id = NEW.disbursement_id AND kind = NEW.kind) OR (kind = 'awarded' AND NEW.kind = 'awarded' AND award_id = NEW.award_id)) BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END

CREATE TRIGGER ledger_entry_keeps_balances AFTER INSERT ON ledger_entry BEGIN UPDATE ledger_account SET last_entry = NEW.number, balance = balance + CASE WHEN id = NEW.debit_account_id THEN NEW.amount ELSE -NEW.amount END WHERE id IN (NEW.debit_account_id, NEW.credit_account_id); END

CREATE TRIGGER disbursement_step_append_only_update BEFORE UPDATE ON disbursement_step BEGIN SELECT RAISE(ABORT, 'disbursement_step is append-only'); END

CREATE TRIGGER disbursement_step_append_only_delete BEFORE DELETE ON disbursement_step BEGIN SELECT RAISE(ABORT, 'disbursement_step is append-only'); END

CREATE TRIGGER disbursement_life_begin BEFORE INSERT ON disbursement WHEN NEW.status <> 'draft' OR NEW.id IN (SELECT id FROM disbursement) BEGIN SELECT RAISE(ABORT, 'a disbursement begins as a draft'); END

CREATE TRIGGER disbursement_life_change BEFORE UPDATE ON disbursement WHEN (NEW.id <> OLD.id OR NEW.reference <> OLD.reference OR NEW.award_id <> OLD.award_id OR NEW.case_id <> OLD.case_id OR NEW.fund_id <> OLD.fund_id OR NEW.category <> OLD.category OR NEW.partner_id <> OLD.partner_id OR NEW.payee_id <> OLD.payee_id OR NEW.amount <> OLD.amount OR NEW.method <> OLD.method) OR NOT (NEW.status = OLD.status OR (OLD.status = 'approved' AND NEW.status = 'expired') OR (OLD.status = 'approved' AND NEW.status = 'rejected') OR (OLD.status = 'approved' AND NEW.status = 'released') OR (OLD.status = 'draft' AND NEW.status = 'expired') OR (OLD.status = 'draft' AND NEW.status = 'rejected') OR (OLD.status = 'draft' AND NEW.status = 'submitted') OR (OLD.status = 'released' AND NEW.status = 'returned') OR (OLD.status = 'released' AND NEW.status = 'settled') OR (OLD.status = 'settled' AND NEW.status = 'returned') OR (OLD.status = 'settled' AND NEW.status = 'reversed') OR (OLD.status = 'submitted' AND NEW.status = 'approved') OR (OLD.status = 'submitted' AND NEW.status = 'expired') OR (OLD.status = 'submitted' AND NEW.status = 'rejected')) BEGIN SELECT RAISE(ABORT, 'a disbursement does not change like this'); END

CREATE TRIGGER disbursement_life_stay BEFORE DELETE ON disbursement BEGIN SELECT RAISE(ABORT, 'a disbursement is rejected or reversed, never deleted'); END

CREATE TRIGGER screening_append_only_update BEFORE UPDATE ON screening BEGIN SELECT RAISE(ABORT, 'screening is append-only'); END

CREATE TRIGGER screening_append_only_delete BEFORE DELETE ON screening BEGIN SELECT RAISE(ABORT, 'screening is append-only'); END
