-- Questions that people write themselves, and ordered sets of questions, which a link shows to others.

-- The role or company that an own question is for, as its owner notes it.
ALTER TABLE questions ADD COLUMN label TEXT;
-- Of an own question; NULL: of the bank.
ALTER TABLE questions ADD COLUMN created_us BIGINT;
CREATE INDEX questions_owner ON questions (owner);

CREATE TABLE question_sets (
    id UUID PRIMARY KEY,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_us BIGINT NOT NULL,
    updated_us BIGINT NOT NULL
);
CREATE INDEX question_sets_owner ON question_sets (owner, id);

CREATE TABLE question_set_items (
    question_set UUID NOT NULL REFERENCES question_sets (id) ON DELETE CASCADE,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    question TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    PRIMARY KEY (question_set, position)
);
CREATE INDEX question_set_items_question ON question_set_items (question);

-- Whoever has the secret of a link reads the set and takes a copy.
CREATE TABLE question_set_links (
    id UUID PRIMARY KEY,
    question_set UUID NOT NULL REFERENCES question_sets (id) ON DELETE CASCADE,
    owner UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- SHA-256 of the link's secret in hex; the secret itself is shown once and kept nowhere.
    hash TEXT NOT NULL UNIQUE,
    created_us BIGINT NOT NULL,
    expires_us BIGINT NOT NULL,
    -- How often a copy was taken.
    copies INTEGER NOT NULL
);
CREATE INDEX question_set_links_set ON question_set_links (question_set, id);
