-- What people say about a moment of a session, or about all of it.

CREATE TABLE comments (
    id UUID PRIMARY KEY,
    session UUID NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Who wrote it; both NULL: the account or the visit is gone. The name stays.
    author UUID REFERENCES users (id) ON DELETE SET NULL,
    visit UUID REFERENCES visits (id) ON DELETE SET NULL,
    author_name TEXT NOT NULL,
    -- The comment that it answers.
    reply_to UUID REFERENCES comments (id) ON DELETE CASCADE,
    -- The place in the session; NULL: it is about all of it.
    start_ms BIGINT CHECK (start_ms >= 0),
    end_ms BIGINT CHECK (end_ms >= start_ms),
    text TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    resolved_us BIGINT,
    -- Deleted while it had replies: text and name are empty, and it goes with its last reply.
    deleted_us BIGINT
);
CREATE INDEX comments_session ON comments (session, id);
