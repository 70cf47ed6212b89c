-- Checkpoints and the tree under them. Statements are apart by an empty line.

CREATE FUNCTION audit_tile_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_tile is append-only'; END $$

CREATE TRIGGER audit_tile_append_only_change BEFORE UPDATE OR DELETE ON audit_tile FOR EACH ROW EXECUTE FUNCTION audit_tile_append_only()

CREATE TRIGGER audit_tile_append_only_truncate BEFORE TRUNCATE ON audit_tile FOR EACH STATEMENT EXECUTE FUNCTION audit_tile_append_only()

CREATE FUNCTION audit_checkpoint_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_checkpoint is append-only'; END $$

CREATE TRIGGER audit_checkpoint_append_only_change BEFORE UPDATE OR DELETE ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION audit_checkpoint_append_only()

CREATE TRIGGER audit_checkpoint_append_only_truncate BEFORE TRUNCATE ON audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION audit_checkpoint_append_only()
