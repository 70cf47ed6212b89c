-- Payment runs and bank statements. Statements are apart by an empty line.

CREATE FUNCTION batch_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'a run is voided, never deleted'; END IF; IF TG_OP = 'INSERT' THEN IF NEW.status <> 'draft' THEN RAISE EXCEPTION 'a run begins as a draft'; END IF; RETURN NEW; END IF; IF (NEW.id <> OLD.id OR NEW.reference <> OLD.reference OR NEW.method <> OLD.method OR NEW.effective_on <> OLD.effective_on OR NEW.total <> OLD.total OR NEW.items <> OLD.items OR NEW.created_by <> OLD.created_by OR NEW.created_at <> OLD.created_at OR NEW.file_modifier <> OLD.file_modifier OR NEW.digest <> OLD.digest OR NEW.confirmed_by <> OLD.confirmed_by) OR NOT ((OLD.status = 'confirmed' AND NEW.status = 'sent') OR (OLD.status = 'confirmed' AND NEW.status = 'voided') OR (OLD.status = 'draft' AND NEW.status = 'confirmed') OR (OLD.status = 'draft' AND NEW.status = 'voided')) THEN RAISE EXCEPTION 'a run does not change like this'; END IF; RETURN NEW; END $$

CREATE TRIGGER batch_life BEFORE INSERT OR UPDATE OR DELETE ON batch FOR EACH ROW EXECUTE FUNCTION batch_life()

CREATE TRIGGER batch_life_truncate BEFORE TRUNCATE ON batch FOR EACH STATEMENT EXECUTE FUNCTION batch_life()

CREATE FUNCTION batch_item_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'an item stays'; END IF; IF TG_OP = 'INSERT' THEN IF NOT NEW.active THEN RAISE EXCEPTION 'an item begins in its run'; END IF; RETURN NEW; END IF; IF NEW.id <> OLD.id OR NEW.batch_id <> OLD.batch_id OR NEW.disbursement_id <> OLD.disbursement_id OR NEW.position <> OLD.position OR NEW.amount <> OLD.amount OR NEW.active OR NOT OLD.active THEN RAISE EXCEPTION 'an item does not change like this'; END IF; RETURN NEW; END $$

CREATE TRIGGER batch_item_life BEFORE INSERT OR UPDATE OR DELETE ON batch_item FOR EACH ROW EXECUTE FUNCTION batch_item_life()

CREATE TRIGGER batch_item_life_truncate BEFORE TRUNCATE ON batch_item FOR EACH STATEMENT EXECUTE FUNCTION batch_item_life()

CREATE FUNCTION batch_download_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'batch_download is append-only'; END $$

CREATE TRIGGER batch_download_append_only_change BEFORE UPDATE OR DELETE ON batch_download FOR EACH ROW EXECUTE FUNCTION batch_download_append_only()

CREATE TRIGGER batch_download_append_only_truncate BEFORE TRUNCATE ON batch_download FOR EACH STATEMENT EXECUTE FUNCTION batch_download_append_only()

CREATE FUNCTION bank_statement_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'a statement is never deleted'; END IF; IF TG_OP = 'INSERT' THEN IF NEW.status <> 'open' THEN RAISE EXCEPTION 'a statement begins open'; END IF; RETURN NEW; END IF; IF (NEW.id <> OLD.id OR NEW.format <> OLD.format OR NEW.account_digest <> OLD.account_digest OR NEW.account_end <> OLD.account_end OR NEW.file_digest <> OLD.file_digest OR NEW.from_on <> OLD.from_on OR NEW.to_on <> OLD.to_on OR NEW.opening <> OLD.opening OR NEW.closing <> OLD.closing OR NEW.lines <> OLD.lines OR NEW.subject_id <> OLD.subject_id OR NEW.created_at <> OLD.created_at OR NEW.created_by <> OLD.created_by) OR OLD.status <> 'open' OR NEW.status <> 'closed' THEN RAISE EXCEPTION 'a statement is closed once and never changes'; END IF; RETURN NEW; END $$

CREATE TRIGGER bank_statement_life BEFORE INSERT OR UPDATE OR DELETE ON bank_statement FOR EACH ROW EXECUTE FUNCTION bank_statement_life()

CREATE TRIGGER bank_statement_life_truncate BEFORE TRUNCATE ON bank_statement FOR EACH STATEMENT EXECUTE FUNCTION bank_statement_life()

CREATE FUNCTION statement_line_life() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION 'a line stays'; END IF; IF TG_OP = 'INSERT' THEN IF length(NEW.description) = 0 THEN RAISE EXCEPTION 'a line comes with its words'; END IF; RETURN NEW; END IF; IF (NEW.id <> OLD.id OR NEW.statement_id <> OLD.statement_id OR NEW.position <> OLD.position OR NEW.booked_on <> OLD.booked_on OR NEW.amount <> OLD.amount OR NEW.direction <> OLD.direction OR NEW.our_reference <> OLD.our_reference OR NEW.return_code <> OLD.return_code) OR NEW.bank_reference <> OLD.bank_reference OR length(NEW.description) > 0 THEN RAISE EXCEPTION 'a line does not change'; END IF; RETURN NEW; END $$

CREATE TRIGGER statement_line_life BEFORE INSERT OR UPDATE OR DELETE ON statement_line FOR EACH ROW EXECUTE FUNCTION statement_line_life()

CREATE TRIGGER statement_line_life_truncate BEFORE TRUNCATE ON statement_line FOR EACH STATEMENT EXECUTE FUNCTION statement_line_life()

CREATE FUNCTION statement_match_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'statement_match is append-only'; END $$

CREATE TRIGGER statement_match_append_only_change BEFORE UPDATE OR DELETE ON statement_match FOR EACH ROW EXECUTE FUNCTION statement_match_append_only()

CREATE TRIGGER statement_match_append_only_truncate BEFORE TRUNCATE ON statement_match FOR EACH STATEMENT EXECUTE FUNCTION statement_match_append_only()

CREATE FUNCTION statement_mapping_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'statement_mapping is append-only'; END $$

CREATE TRIGGER statement_mapping_append_only_change BEFORE UPDATE OR DELETE ON statement_mapping FOR EACH ROW EXECUTE FUNCTION statement_mapping_append_only()

CREATE TRIGGER statement_mapping_append_only_truncate BEFORE TRUNCATE ON statement_mapping FOR EACH STATEMENT EXECUTE FUNCTION statement_mapping_append_only()
