-- People who sign in: what they prove themselves by, and the browsers that are signed in.

-- Addresses that a provider has verified, or that the operator gave; NULL: none.
ALTER TABLE users ADD COLUMN email TEXT;
-- 'candidate', 'coach' or 'admin'; as the provider said at the last sign-in, or the operator.
ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'candidate';
-- Set: signs in no more.
ALTER TABLE users ADD COLUMN disabled_us BIGINT;
CREATE INDEX users_email ON users (email);

CREATE TABLE identities (
    id UUID PRIMARY KEY,
    person UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- 'local', or the issuer exactly as the provider writes it. A subject is unique within its issuer only.
    issuer TEXT NOT NULL,
    -- The provider's name of the person; of a local account, its name in lower case.
    subject TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    used_us BIGINT,
    UNIQUE (issuer, subject)
);
CREATE INDEX identities_person ON identities (person);

CREATE TABLE passwords (
    person UUID PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- Argon2id in PHC form.
    hash TEXT NOT NULL,
    changed_us BIGINT NOT NULL
);

-- Invitations and resets: whoever has the secret sets the password, once.
CREATE TABLE password_links (
    -- SHA-256 of the secret in hex.
    hash TEXT PRIMARY KEY,
    person UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_us BIGINT NOT NULL
);

-- A browser that is signed in. (`sessions` are interviews.)
CREATE TABLE logins (
    id UUID PRIMARY KEY,
    -- SHA-256 of the cookie's secret in hex.
    hash TEXT NOT NULL UNIQUE,
    person UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_us BIGINT NOT NULL,
    -- The last request, within a minute.
    seen_us BIGINT NOT NULL,
    -- The last moment, whatever happens; it ends earlier when it is not used.
    expires_us BIGINT NOT NULL,
    -- As in identities.
    issuer TEXT NOT NULL,
    -- The provider's name of its own session, for back-channel logout.
    issuer_sid TEXT,
    -- What the browser calls itself.
    agent TEXT
);
CREATE INDEX logins_person ON logins (person);
CREATE INDEX logins_issuer ON logins (issuer, issuer_sid);

-- A sign-in under way, between the way to the provider and the way back.
CREATE TABLE sign_ins (
    -- SHA-256 of the state parameter in hex.
    hash TEXT PRIMARY KEY,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    back_to TEXT NOT NULL,
    expires_us BIGINT NOT NULL
);

-- Logout tokens of the provider that were obeyed, so that each is obeyed once.
CREATE TABLE logout_tokens (
    hash TEXT PRIMARY KEY,
    expires_us BIGINT NOT NULL
);

ALTER TABLE tokens ADD COLUMN name TEXT;
ALTER TABLE tokens ADD COLUMN used_us BIGINT;
CREATE INDEX tokens_owner ON tokens (owner, id);

-- Whether the grantee sees scores and report too.
ALTER TABLE grants ADD COLUMN scores BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX grants_session ON grants (session);

-- What happened to an account and its sessions: sign-ins, shares, exports, deletions. Its owner reads it.
CREATE TABLE audit (
    id UUID PRIMARY KEY,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    at_us BIGINT NOT NULL,
    what TEXT NOT NULL,
    -- No foreign key: the row outlives the session.
    session UUID,
    -- Who did it, if not the owner.
    actor UUID REFERENCES users (id) ON DELETE SET NULL
);
CREATE INDEX audit_owner ON audit (owner, at_us);
