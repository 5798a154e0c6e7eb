-- SHA-256 of the current secret of a session. NULL for a session of a version without secrets: its browser holds a
-- signed token.
ALTER TABLE sessions ADD COLUMN secret_digest BLOB;
