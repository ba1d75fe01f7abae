-- Passkeys: what a person signs in by instead of a password, and beside it.

CREATE TABLE passkeys (
    id UUID PRIMARY KEY,
    person UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The authenticator's id of the credential, as hexadecimal digits.
    credential_id TEXT NOT NULL UNIQUE,
    -- As its owner calls it.
    name TEXT NOT NULL,
    -- Public key and counter, as the library writes them.
    credential JSONB NOT NULL,
    created_us BIGINT NOT NULL,
    -- NULL: never.
    used_us BIGINT
);
CREATE INDEX passkeys_person ON passkeys (person, id);
