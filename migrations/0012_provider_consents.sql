-- Who agreed that sessions are sent to which service of others, for what, and when; withdrawn agreements stay.

CREATE TABLE provider_consents (
    id UUID PRIMARY KEY,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    -- The service and its model, as the person read it.
    provider TEXT NOT NULL,
    accepted_us BIGINT NOT NULL,
    withdrawn_us BIGINT
);
CREATE INDEX provider_consents_owner ON provider_consents (owner, purpose);
