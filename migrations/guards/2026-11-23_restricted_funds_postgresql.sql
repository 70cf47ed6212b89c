-- Restricted funds: closed periods, terms, transfers.

CREATE FUNCTION ledger_entry_period() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM fund_terms AS t WHERE t.fund_id = NEW.fund_id AND t.locked_through >= NEW.occurred_on) THEN RAISE EXCEPTION 'this period of the fund is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_ledger_entry_period_is_open'; END IF; RETURN NEW; END $$

CREATE TRIGGER ledger_entry_period BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_period()

CREATE FUNCTION fund_terms_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'terms stay'; END IF; IF TG_OP = 'INSERT' THEN IF NEW.unlock_asked_by IS NOT NULL THEN RAISE EXCEPTION 'terms begin as they are'; END IF; RETURN NEW; END IF; IF NEW.id <> OLD.id OR NEW.fund_id <> OLD.fund_id OR ((OLD.locked_through IS NOT NULL AND (NEW.locked_through IS NULL OR NEW.locked_through < OLD.locked_through)) AND (OLD.unlock_asked_by IS NULL OR NEW.changed_by = OLD.unlock_asked_by)) THEN RAISE EXCEPTION 'two people open a closed period again'; END IF; RETURN NEW; END $$

CREATE TRIGGER fund_terms_life BEFORE INSERT OR UPDATE OR DELETE ON fund_terms FOR EACH ROW EXECUTE FUNCTION fund_terms_life()

CREATE TRIGGER fund_terms_life_truncate BEFORE TRUNCATE ON fund_terms FOR EACH STATEMENT EXECUTE FUNCTION fund_terms_life()

CREATE FUNCTION fund_transfer_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'a transfer stays'; END IF; IF TG_OP = 'INSERT' THEN IF NEW.status <> 'asked' THEN RAISE EXCEPTION 'a transfer begins as asked'; END IF; RETURN NEW; END IF; IF NEW.id IS DISTINCT FROM OLD.id OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.to_fund_id IS DISTINCT FROM OLD.to_fund_id OR NEW.category IS DISTINCT FROM OLD.category OR NEW.to_category IS DISTINCT FROM OLD.to_category OR NEW.amount IS DISTINCT FROM OLD.amount OR NEW.asked_by IS DISTINCT FROM OLD.asked_by OR (NEW.status <> OLD.status AND OLD.status <> 'asked') THEN RAISE EXCEPTION 'a transfer does not change like this'; END IF; RETURN NEW; END $$

CREATE TRIGGER fund_transfer_life BEFORE INSERT OR UPDATE OR DELETE ON fund_transfer FOR EACH ROW EXECUTE FUNCTION fund_transfer_life()

CREATE TRIGGER fund_transfer_life_truncate BEFORE TRUNCATE ON fund_transfer FOR EACH STATEMENT EXECUTE FUNCTION fund_transfer_life()
