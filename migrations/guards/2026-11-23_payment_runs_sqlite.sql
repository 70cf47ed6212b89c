-- Payment runs and bank statements. Statements are apart by an empty line.

CREATE TRIGGER batch_life_begin BEFORE INSERT ON batch WHEN NEW.status <> 'draft' OR NEW.id IN (SELECT id FROM batch) BEGIN SELECT RAISE(ABORT, 'a run begins as a draft'); END

CREATE TRIGGER batch_life_change BEFORE UPDATE ON batch WHEN (NEW.id <> OLD.id OR NEW.reference <> OLD.reference OR NEW.method <> OLD.method OR NEW.effective_on <> OLD.effective_on OR NEW.total <> OLD.total OR NEW.items <> OLD.items OR NEW.created_by <> OLD.created_by OR NEW.created_at <> OLD.created_at OR NEW.file_modifier <> OLD.file_modifier OR NEW.digest <> OLD.digest OR NEW.confirmed_by <> OLD.confirmed_by) OR NOT ((OLD.status = 'confirmed' AND NEW.status = 'sent') OR (OLD.status = 'confirmed' AND NEW.status = 'voided') OR (OLD.status = 'draft' AND NEW.status = 'confirmed') OR (OLD.status = 'draft' AND NEW.status = 'voided')) BEGIN SELECT RAISE(ABORT, 'a run does not change like this'); END

CREATE TRIGGER batch_life_stay BEFORE DELETE ON batch BEGIN SELECT RAISE(ABORT, 'a run is voided, never deleted'); END

CREATE TRIGGER batch_item_life_begin BEFORE INSERT ON batch_item WHEN NOT NEW.active OR NEW.id IN (SELECT id FROM batch_item) BEGIN SELECT RAISE(ABORT, 'an item begins in its run'); END

CREATE TRIGGER batch_item_life_change BEFORE UPDATE ON batch_item WHEN NEW.id <> OLD.id OR NEW.batch_id <> OLD.batch_id OR NEW.disbursement_id <> OLD.disbursement_id OR NEW.position <> OLD.position OR NEW.amount <> OLD.amount OR NEW.active OR NOT OLD.active BEGIN SELECT RAISE(ABORT, 'an item does not change like this'); END

CREATE TRIGGER batch_item_life_stay BEFORE DELETE ON batch_item BEGIN SELECT RAISE(ABORT, 'an item stays'); END

CREATE TRIGGER batch_download_append_only_update BEFORE UPDATE ON batch_download BEGIN SELECT RAISE(ABORT, 'batch_download is append-only'); END

CREATE TRIGGER batch_download_append_only_delete BEFORE DELETE ON batch_download BEGIN SELECT RAISE(ABORT, 'batch_download is append-only'); END

CREATE TRIGGER bank_statement_life_begin BEFORE INSERT ON bank_statement WHEN NEW.status <> 'open' OR NEW.id IN (SELECT id FROM bank_statement) BEGIN SELECT RAISE(ABORT, 'a statement begins open'); END

CREATE TRIGGER bank_statement_life_change BEFORE UPDATE ON bank_statement WHEN (NEW.id <> OLD.id OR NEW.format <> OLD.format OR NEW.account_digest <> OLD.account_digest OR NEW.account_end <> OLD.account_end OR NEW.file_digest <> OLD.file_digest OR NEW.from_on <> OLD.from_on OR NEW.to_on <> OLD.to_on OR NEW.opening <> OLD.opening OR NEW.closing <> OLD.closing OR NEW.lines <> OLD.lines OR NEW.subject_id <> OLD.subject_id OR NEW.created_at <> OLD.created_at OR NEW.created_by <> OLD.created_by) OR OLD.status <> 'open' OR NEW.status <> 'closed' BEGIN SELECT RAISE(ABORT, 'a statement is closed once and never changes'); END

CREATE TRIGGER bank_statement_life_stay BEFORE DELETE ON bank_statement BEGIN SELECT RAISE(ABORT, 'a statement is never deleted'); END

CREATE TRIGGER statement_line_life_begin BEFORE INSERT ON statement_line WHEN length(NEW.description) = 0 OR NEW.id IN (SELECT id FROM statement_line) BEGIN SELECT RAISE(ABORT, 'a line comes with its words'); END

CREATE TRIGGER statement_line_life_change BEFORE UPDATE ON statement_line WHEN (NEW.id <> OLD.id OR NEW.statement_id <> OLD.statement_id OR NEW.position <> OLD.position OR NEW.booked_on <> OLD.booked_on OR NEW.amount <> OLD.amount OR NEW.direction <> OLD.direction OR NEW.our_reference <> OLD.our_reference OR NEW.return_code <> OLD.return_code) OR NEW.bank_reference <> OLD.bank_reference OR length(NEW.description) > 0 BEGIN SELECT RAISE(ABORT, 'a line does not change'); END

CREATE TRIGGER statement_line_life_stay BEFORE DELETE ON statement_line BEGIN SELECT RAISE(ABORT, 'a line stays'); END

CREATE TRIGGER statement_match_append_only_update BEFORE UPDATE ON statement_match BEGIN SELECT RAISE(ABORT, 'statement_match is append-only'); END

CREATE TRIGGER statement_match_append_only_delete BEFORE DELETE ON statement_match BEGIN SELECT RAISE(ABORT, 'statement_match is append-only'); END

CREATE TRIGGER statement_mapping_append_only_update BEFORE UPDATE ON statement_mapping BEGIN SELECT RAISE(ABORT, 'statement_mapping is append-only'); END

CREATE TRIGGER statement_mapping_append_only_delete BEFORE DELETE ON statement_mapping BEGIN SELECT RAISE(ABORT, 'statement_mapping is append-only'); END
