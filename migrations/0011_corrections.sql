-- What the owner of a session corrected of its words, phrase by phrase. What was recognized stays in the journal.

CREATE TABLE corrections (
    session UUID NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The start of the phrase.
    start_ms BIGINT NOT NULL,
    text TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    PRIMARY KEY (session, start_ms)
);
