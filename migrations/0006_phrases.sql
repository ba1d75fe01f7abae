-- What was said, phrase by phrase, so that it can be searched over all sessions of an owner. The report holds the same with the
-- times of words.

CREATE TABLE phrases (
    session UUID NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (session, n)
);
CREATE INDEX phrases_owner ON phrases (owner, session);
