-- Files on their way from a browser to the store: one slot for each session whose media is uploaded.

CREATE TABLE uploads (
    session UUID PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- As the person calls the file; a label, never part of a key.
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    bytes BIGINT NOT NULL CHECK (bytes > 0),
    part_bytes BIGINT NOT NULL CHECK (part_bytes > 0),
    -- The multipart upload that the browser fills.
    upload_id TEXT NOT NULL,
    -- The job that analyses the file; NULL: the file is not complete.
    job UUID,
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL
);
CREATE INDEX uploads_expires ON uploads (expires_us);
