-- Signed approvals. Statements are apart by an empty line.

CREATE FUNCTION disbursement_signature_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disbursement_signature is append-only'; END $$

CREATE TRIGGER disbursement_signature_append_only_change BEFORE UPDATE OR DELETE ON disbursement_signature FOR EACH ROW EXECUTE FUNCTION disbursement_signature_append_only()

CREATE TRIGGER disbursement_signature_append_only_truncate BEFORE TRUNCATE ON disbursement_signature FOR EACH STATEMENT EXECUTE FUNCTION disbursement_signature_append_only()

CREATE FUNCTION payee_account_change_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'a change of an account is rejected, never deleted'; END $$

CREATE TRIGGER payee_account_change_never_deleted BEFORE DELETE ON payee_account_change FOR EACH ROW EXECUTE FUNCTION payee_account_change_never_deleted()

CREATE FUNCTION disbursement_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'a disbursement is rejected or reversed, never deleted'; END IF; IF TG_OP = 'INSERT' THEN IF NEW.status <> 'draft' THEN RAISE EXCEPTION 'a disbursement begins as a draft'; END IF; RETURN NEW; END IF; IF (NEW.id <> OLD.id OR NEW.reference <> OLD.reference OR NEW.award_id <> OLD.award_id OR NEW.case_id <> OLD.case_id OR NEW.fund_id <> OLD.fund_id OR NEW.category <> OLD.category OR NEW.partner_id <> OLD.partner_id) OR (((NEW.payee_id <> OLD.payee_id OR NEW.amount <> OLD.amount OR NEW.method <> OLD.method) OR (NEW.status = 'draft' AND OLD.status <> 'draft') OR coalesce(NEW.version, 1) <> coalesce(OLD.version, 1)) AND NOT (NEW.status = 'draft' AND coalesce(NEW.version, 1) = coalesce(OLD.version, 1) + 1)) OR NOT (NEW.status = OLD.status OR (OLD.status = 'approved' AND NEW.status = 'draft') OR (OLD.status = 'approved' AND NEW.status = 'expired') OR (OLD.status = 'approved' AND NEW.status = 'rejected') OR (OLD.status = 'approved' AND NEW.status = 'released') OR (OLD.status = 'draft' AND NEW.status = 'draft') OR (OLD.status = 'draft' AND NEW.status = 'expired') OR (OLD.status = 'draft' AND NEW.status = 'rejected') OR (OLD.status = 'draft' AND NEW.status = 'submitted') OR (OLD.status = 'released' AND NEW.status = 'returned') OR (OLD.status = 'released' AND NEW.status = 'settled') OR (OLD.status = 'settled' AND NEW.status = 'returned') OR (OLD.status = 'settled' AND NEW.status = 'reversed') OR (OLD.status = 'submitted' AND NEW.status = 'approved') OR (OLD.status = 'submitted' AND NEW.status = 'draft') OR (OLD.status = 'submitted' AND NEW.status = 'expired') OR (OLD.status = 'submitted' AND NEW.status = 'rejected')) THEN RAISE EXCEPTION 'a disbursement does not change like this'; END IF; RETURN NEW; END $$

CREATE TRIGGER disbursement_life BEFORE INSERT OR UPDATE OR DELETE ON disbursement FOR EACH ROW EXECUTE FUNCTION disbursement_life()

CREATE TRIGGER disbursement_life_truncate BEFORE TRUNCATE ON disbursement FOR EACH STATEMENT EXECUTE FUNCTION disbursement_life()
