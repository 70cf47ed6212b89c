-- Bonds. Statements are apart by an empty line.

CREATE TRIGGER bond_step_append_only_update BEFORE UPDATE ON bond_step BEGIN SELECT RAISE(ABORT, 'bond_step is append-only'); END

CREATE TRIGGER bond_step_append_only_delete BEFORE DELETE ON bond_step BEGIN SELECT RAISE(ABORT, 'bond_step is append-only'); END

CREATE TRIGGER obligor_paper_append_only_update BEFORE UPDATE ON obligor_paper BEGIN SELECT RAISE(ABORT, 'obligor_paper is append-only'); END

CREATE TRIGGER obligor_paper_append_only_delete BEFORE DELETE ON obligor_paper BEGIN SELECT RAISE(ABORT, 'obligor_paper is append-only'); END

CREATE TRIGGER obligor_never_deleted BEFORE DELETE ON obligor BEGIN SELECT RAISE(ABORT, 'an obligor is emptied, never deleted'); END

CREATE TRIGGER bond_life_begin BEFORE INSERT ON bond WHEN NEW.status <> 'requested' OR NEW.id IN (SELECT id FROM bond) BEGIN SELECT RAISE(ABORT, 'a bond begins as requested'); END

CREATE TRIGGER bond_life_change BEFORE UPDATE ON bond WHEN (NEW.id <> OLD.id OR NEW.case_id <> OLD.case_id OR NEW.award_id <> OLD.award_id OR NEW.fund_id <> OLD.fund_id OR NEW.kind <> OLD.kind OR NEW.amount <> OLD.amount OR NEW.requested_by <> OLD.requested_by) OR NOT (NEW.status = OLD.status OR (OLD.status = 'approved' AND NEW.status = 'posted') OR (OLD.status = 'approved' AND NEW.status = 'withdrawn') OR (OLD.status = 'breached' AND NEW.status = 'cancelled') OR (OLD.status = 'breached' AND NEW.status = 'forfeited') OR (OLD.status = 'breached' AND NEW.status = 'posted') OR (OLD.status = 'cancelled' AND NEW.status = 'refund_claimed') OR (OLD.status = 'forfeited' AND NEW.status = 'posted') OR (OLD.status = 'posted' AND NEW.status = 'approved') OR (OLD.status = 'posted' AND NEW.status = 'breached') OR (OLD.status = 'posted' AND NEW.status = 'cancelled') OR (OLD.status = 'refund_claimed' AND NEW.status = 'refunded') OR (OLD.status = 'requested' AND NEW.status = 'approved') OR (OLD.status = 'requested' AND NEW.status = 'rejected') OR (OLD.status = 'requested' AND NEW.status = 'withdrawn')) BEGIN SELECT RAISE(ABORT, 'a bond does not change like this'); END

CREATE TRIGGER bond_life_stay BEFORE DELETE ON bond BEGIN SELECT RAISE(ABORT, 'a bond is withdrawn or closed, never deleted'); END
