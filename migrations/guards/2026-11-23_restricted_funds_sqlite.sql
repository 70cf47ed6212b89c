-- Restricted funds: closed periods, terms, transfers.

CREATE TRIGGER ledger_entry_period BEFORE INSERT ON ledger_entry WHEN EXISTS (SELECT 1 FROM fund_terms AS t WHERE t.fund_id = NEW.fund_id AND t.locked_through >= NEW.occurred_on) BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: ck_ledger_entry_period_is_open'); END

CREATE TRIGGER fund_terms_life_begin BEFORE INSERT ON fund_terms WHEN NEW.unlock_asked_by IS NOT NULL OR NEW.id IN (SELECT id FROM fund_terms) BEGIN SELECT RAISE(ABORT, 'terms begin as they are'); END

CREATE TRIGGER fund_terms_life_change BEFORE UPDATE ON fund_terms WHEN NEW.id <> OLD.id OR NEW.fund_id <> OLD.fund_id OR ((OLD.locked_through IS NOT NULL AND (NEW.locked_through IS NULL OR NEW.locked_through < OLD.locked_through)) AND (OLD.unlock_asked_by IS NULL OR NEW.changed_by = OLD.unlock_asked_by)) BEGIN SELECT RAISE(ABORT, 'two people open a closed period again'); END

CREATE TRIGGER fund_terms_life_stay BEFORE DELETE ON fund_terms BEGIN SELECT RAISE(ABORT, 'terms stay'); END

CREATE TRIGGER fund_transfer_life_begin BEFORE INSERT ON fund_transfer WHEN NEW.status <> 'asked' OR NEW.id IN (SELECT id FROM fund_transfer) BEGIN SELECT RAISE(ABORT, 'a transfer begins as asked'); END

CREATE TRIGGER fund_transfer_life_change BEFORE UPDATE ON fund_transfer WHEN NEW.id IS DISTINCT FROM OLD.id OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.to_fund_id IS DISTINCT FROM OLD.to_fund_id OR NEW.category IS DISTINCT FROM OLD.category OR NEW.to_category IS DISTINCT FROM OLD.to_category OR NEW.amount IS DISTINCT FROM OLD.amount OR NEW.asked_by IS DISTINCT FROM OLD.asked_by OR (NEW.status <> OLD.status AND OLD.status <> 'asked') BEGIN SELECT RAISE(ABORT, 'a transfer does not change like this'); END

CREATE TRIGGER fund_transfer_life_stay BEFORE DELETE ON fund_transfer BEGIN SELECT RAISE(ABORT, 'a transfer stays'); END
