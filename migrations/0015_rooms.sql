-- Invitations: links that let somebody into a live session, and what they agreed to there.

-- As what somebody is let in while the session is live; NULL: a guest, who sees the recording.
ALTER TABLE links ADD COLUMN role TEXT;
-- The version of the text that the invited person agreed to before they were recorded.
ALTER TABLE visits ADD COLUMN consent TEXT;
ALTER TABLE visits ADD COLUMN consented_us BIGINT;
-- Whether somebody was invited into the session.
ALTER TABLE sessions ADD COLUMN room BOOLEAN NOT NULL DEFAULT FALSE;
