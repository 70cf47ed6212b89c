-- Bonds. Statements are apart by an empty line.

CREATE FUNCTION bond_step_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'bond_step is append-only'; END $$

CREATE TRIGGER bond_step_append_only_change BEFORE UPDATE OR DELETE ON bond_step FOR EACH ROW EXECUTE FUNCTION bond_step_append_only()

CREATE TRIGGER bond_step_append_only_truncate BEFORE TRUNCATE ON bond_step FOR EACH STATEMENT EXECUTE FUNCTION bond_step_append_only()

CREATE FUNCTION obligor_paper_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'obligor_paper is append-only'; END $$

CREATE TRIGGER obligor_paper_append_only_change BEFORE UPDATE OR DELETE ON obligor_paper FOR EACH ROW EXECUTE FUNCTION obligor_paper_append_only()

CREATE TRIGGER obligor_paper_append_only_truncate BEFORE TRUNCATE ON obligor_paper FOR EACH STATEMENT EXECUTE FUNCTION obligor_paper_append_only()

CREATE FUNCTION obligor_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an obligor is emptied, never deleted'; END $$

CREATE TRIGGER obligor_never_deleted BEFORE DELETE ON obligor FOR EACH ROW EXECUTE FUNCTION obligor_never_deleted()

CREATE FUNCTION bond_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'a bond is withdrawn or closed, never deleted'; END IF; IF TG_OP = 'INSERT' THEN IF NEW.status <> 'requested' THEN RAISE EXCEPTION 'a bond begins as requested'; END IF; RETURN NEW; END IF; IF (NEW.id <> OLD.id OR NEW.case_id <> OLD.case_id OR NEW.award_id <> OLD.award_id OR NEW.fund_id <> OLD.fund_id OR NEW.kind <> OLD.kind OR NEW.amount <> OLD.amount OR NEW.requested_by <> OLD.requested_by) OR NOT (NEW.status = OLD.status OR (OLD.status = 'approved' AND NEW.status = 'posted') OR (OLD.status = 'approved' AND NEW.status = 'withdrawn') OR (OLD.status = 'breached' AND NEW.status = 'cancelled') OR (OLD.status = 'breached' AND NEW.status = 'forfeited') OR (OLD.status = 'breached' AND NEW.status = 'posted') OR (OLD.status = 'cancelled' AND NEW.status = 'refund_claimed') OR (OLD.status = 'forfeited' AND NEW.status = 'posted') OR (OLD.status = 'posted' AND NEW.status = 'approved') OR (OLD.status = 'posted' AND NEW.status = 'breached') OR (OLD.status = 'posted' AND NEW.status = 'cancelled') OR (OLD.status = 'refund_claimed' AND NEW.status = 'refunded') OR (OLD.status = 'requested' AND NEW.status = 'approved') OR (OLD.status = 'requested' AND NEW.status = 'rejected') OR (OLD.status = 'requested' AND NEW.status = 'withdrawn')) THEN RAISE EXCEPTION 'a bond does not change like this'; END IF; RETURN NEW; END $$

CREATE TRIGGER bond_life BEFORE INSERT OR UPDATE OR DELETE ON bond FOR EACH ROW EXECUTE FUNCTION bond_life()

CREATE TRIGGER bond_life_truncate BEFORE TRUNCATE ON bond FOR EACH STATEMENT EXECUTE FUNCTION bond_life()
