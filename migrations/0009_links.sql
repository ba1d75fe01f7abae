-- Links by which an owner shows a session to people without an account, and the browsers in which they were opened.

CREATE TABLE links (
    id UUID PRIMARY KEY,
    session UUID NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- SHA-256 of the link's secret in hex; the secret itself is shown once and kept nowhere.
    hash TEXT NOT NULL UNIQUE,
    -- For whom it is, as the owner noted it.
    name TEXT,
    -- Argon2id in PHC form; NULL: none is asked for.
    passphrase TEXT,
    -- Whether scores and report are seen too.
    scores BOOLEAN NOT NULL,
    -- Whether comments are seen and written.
    comments BOOLEAN NOT NULL,
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    revoked_us BIGINT
);
CREATE INDEX links_session ON links (session, id);

CREATE TABLE visits (
    id UUID PRIMARY KEY,
    link UUID NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- SHA-256 of the cookie's secret in hex.
    hash TEXT NOT NULL UNIQUE,
    -- How the guest is called, in their own words.
    name TEXT,
    opened_us BIGINT NOT NULL,
    -- The last request, within a minute.
    seen_us BIGINT NOT NULL
);
CREATE INDEX visits_link ON visits (link, id);
