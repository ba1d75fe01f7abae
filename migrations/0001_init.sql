-- The whole schema, one text for SQLite and PostgreSQL.
-- Times are BIGINT microseconds since 1970 (UTC), written by the program; media times are BIGINT milliseconds.
-- Ids are UUIDv7. Every row of a session carries its owner, and no query reads one without naming the owner or a grant.

CREATE TABLE users (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('personal', 'local', 'oidc')),
    subject TEXT NOT NULL UNIQUE,
    name TEXT,
    created_us BIGINT NOT NULL
);

CREATE TABLE consents (
    id UUID PRIMARY KEY,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    version TEXT NOT NULL,
    accepted_us BIGINT NOT NULL,
    withdrawn_us BIGINT
);
CREATE INDEX consents_owner ON consents (owner, accepted_us);

CREATE TABLE questions (
    id TEXT PRIMARY KEY,
    -- NULL: of the bank, for everybody.
    owner UUID REFERENCES users (id) ON DELETE CASCADE,
    family TEXT NOT NULL CHECK (family IN ('failure', 'conflict', 'leadership', 'teamwork', 'pressure', 'motivation')),
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    suggested_ms BIGINT NOT NULL CHECK (suggested_ms > 0),
    tip TEXT NOT NULL,
    retired BOOLEAN NOT NULL
);

CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN
        ('created', 'live', 'grace', 'finalising', 'scoring', 'ready', 'interrupted', 'failed', 'deleted')),
    source TEXT NOT NULL CHECK (source IN ('live', 'upload')),
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL,
    started_us BIGINT,
    duration_ms BIGINT,
    -- The questions as they were asked; the bank may change.
    questions JSONB NOT NULL,
    hints JSONB NOT NULL,
    capture JSONB NOT NULL,
    calibration JSONB,
    affect BOOLEAN NOT NULL,
    gold BOOLEAN NOT NULL,
    failure TEXT,
    -- Of the whole session, by id; written with the scores.
    metrics JSONB,
    formulas JSONB
);
CREATE INDEX sessions_owner ON sessions (owner, id);
CREATE INDEX sessions_state ON sessions (state);

CREATE TABLE parts (
    session UUID NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    n INTEGER NOT NULL CHECK (n >= 0),
    offset_ms BIGINT NOT NULL CHECK (offset_ms >= 0),
    -- Key of the object in the store, and the multipart upload that writes it while live.
    key TEXT NOT NULL,
    upload_id TEXT,
    bytes BIGINT NOT NULL,
    duration_ms BIGINT,
    state TEXT NOT NULL CHECK (state IN ('recording', 'stored', 'joined')),
    created_us BIGINT NOT NULL,
    PRIMARY KEY (session, n)
);

CREATE TABLE answers (
    id UUID PRIMARY KEY,
    session UUID NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    n INTEGER NOT NULL CHECK (n >= 0),
    question_id TEXT,
    question TEXT,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    UNIQUE (session, n)
);
CREATE INDEX answers_owner_question ON answers (owner, question_id);

CREATE TABLE scores (
    id UUID PRIMARY KEY,
    session UUID NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- NULL: of the whole session.
    answer UUID REFERENCES answers (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (name IN ('confidence', 'clarity', 'resilience', 'engagement')),
    -- 0 to 100; NULL: not enough to say.
    value DOUBLE PRECISION,
    coverage DOUBLE PRECISION NOT NULL,
    reason TEXT,
    formula INTEGER NOT NULL
);
CREATE INDEX scores_owner ON scores (owner, session);

CREATE TABLE hints (
    id UUID PRIMARY KEY,
    session UUID NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    t_ms BIGINT NOT NULL,
    hint TEXT NOT NULL,
    text TEXT NOT NULL,
    evidence TEXT NOT NULL,
    positive BOOLEAN NOT NULL,
    -- What the person said about it; NULL: nothing.
    useful BOOLEAN,
    UNIQUE (session, t_ms, hint)
);

CREATE TABLE grants (
    id UUID PRIMARY KEY,
    session UUID NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    grantee UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('interviewer', 'observer', 'coach')),
    created_us BIGINT NOT NULL,
    expires_us BIGINT,
    revoked_us BIGINT
);
CREATE INDEX grants_grantee ON grants (grantee, session);

CREATE TABLE tokens (
    id UUID PRIMARY KEY,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session UUID REFERENCES sessions (id) ON DELETE CASCADE,
    -- SHA-256 of the secret in hex; the secret itself is shown once and kept nowhere.
    hash TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL CHECK (scope IN ('publish', 'watch', 'api')),
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    revoked_us BIGINT
);

CREATE TABLE jobs (
    id UUID PRIMARY KEY,
    -- NULL: of the house, not of a person. No foreign key: erasing a session outlives its row.
    owner UUID,
    session UUID,
    kind TEXT NOT NULL,
    payload JSONB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
    priority INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL CHECK (max_attempts > 0),
    run_at_us BIGINT NOT NULL,
    lease_until_us BIGINT,
    worker TEXT,
    last_error TEXT,
    created_us BIGINT NOT NULL
);
CREATE INDEX jobs_next ON jobs (state, priority, run_at_us, id);
