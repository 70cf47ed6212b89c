-- Checkpoints and the tree under them. Statements are apart by an empty line.

CREATE TRIGGER audit_tile_append_only_update BEFORE UPDATE ON audit_tile BEGIN SELECT RAISE(ABORT, 'audit_tile is append-only'); END

CREATE TRIGGER audit_tile_append_only_delete BEFORE DELETE ON audit_tile BEGIN SELECT RAISE(ABORT, 'audit_tile is append-only'); END

CREATE TRIGGER audit_checkpoint_append_only_update BEFORE UPDATE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append-only'); END

CREATE TRIGGER audit_checkpoint_append_only_delete BEFORE DELETE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append-only'); END
