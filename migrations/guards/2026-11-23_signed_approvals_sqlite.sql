-- Signed approvals. Statements are apart by an empty line.

CREATE TRIGGER disbursement_signature_append_only_update BEFORE UPDATE ON disbursement_signature BEGIN SELECT RAISE(ABORT, 'disbursement_signature is append-only'); END

CREATE TRIGGER disbursement_signature_append_only_delete BEFORE DELETE ON disbursement_signature BEGIN SELECT RAISE(ABORT, 'disbursement_signature is append-only'); END

CREATE TRIGGER payee_account_change_never_deleted BEFORE DELETE ON payee_account_change BEGIN SELECT RAISE(ABORT, 'a change of an account is rejected, never deleted'); END

CREATE TRIGGER disbursement_life_begin BEFORE INSERT ON disbursement WHEN NEW.status <> 'draft' OR NEW.id IN (SELECT id FROM disbursement) BEGIN SELECT RAISE(ABORT, 'a disbursement begins as a draft'); END

CREATE TRIGGER disbursement_life_change BEFORE UPDATE ON disbursement WHEN (NEW.id <> OLD.id OR NEW.reference <> OLD.reference OR NEW.award_id <> OLD.award_id OR NEW.case_id <> OLD.case_id OR NEW.fund_id <> OLD.fund_id OR NEW.category <> OLD.category OR NEW.partner_id <> OLD.partner_id) OR (((NEW.payee_id <> OLD.payee_id OR NEW.amount <> OLD.amount OR NEW.method <> OLD.method) OR (NEW.status = 'draft' AND OLD.status <> 'draft') OR coalesce(NEW.version, 1) <> coalesce(OLD.version, 1)) AND NOT (NEW.status = 'draft' AND coalesce(NEW.version, 1) = coalesce(OLD.version, 1) + 1)) OR NOT (NEW.status = OLD.status OR (OLD.status = 'approved' AND NEW.status = 'draft') OR (OLD.status = 'approved' AND NEW.status = 'expired') OR (OLD.status = 'approved' AND NEW.status = 'rejected') OR (OLD.status = 'approved' AND NEW.status = 'released') OR (OLD.status = 'draft' AND NEW.status = 'draft') OR (OLD.status = 'draft' AND NEW.status = 'expired') OR (OLD.status = 'draft' AND NEW.status = 'rejected') OR (OLD.status = 'draft' AND NEW.status = 'submitted') OR (OLD.status = 'released' AND NEW.status = 'returned') OR (OLD.status = 'released' AND NEW.status = 'settled') OR (OLD.status = 'settled' AND NEW.status = 'returned') OR (OLD.status = 'settled' AND NEW.status = 'reversed') OR (OLD.status = 'submitted' AND NEW.status = 'approved') OR (OLD.status = 'submitted' AND NEW.status = 'draft') OR (OLD.status = 'submitted' AND NEW.status = 'expired') OR (OLD.status = 'submitted' AND NEW.status = 'rejected')) BEGIN SELECT RAISE(ABORT, 'a disbursement does not change like this'); END

CREATE TRIGGER disbursement_life_stay BEFORE DELETE ON disbursement BEGIN SELECT RAISE(ABORT, 'a disbursement is rejected or reversed, never deleted'); END
