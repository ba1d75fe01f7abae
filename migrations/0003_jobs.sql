-- How far a job has come, for whom it is of use.
ALTER TABLE jobs ADD COLUMN stage TEXT;
ALTER TABLE jobs ADD COLUMN percent INTEGER;
CREATE INDEX jobs_session ON jobs (session, kind, id);
-- A session is analysed once at a time, however often somebody asks for it.
CREATE UNIQUE INDEX jobs_one_analysis ON jobs (session) WHERE kind = 'analyze' AND state IN ('queued', 'running');

-- A person's own limit, days; NULL: the house's.
ALTER TABLE users ADD COLUMN retention_days INTEGER CHECK (retention_days > 0);
CREATE INDEX sessions_created ON sessions (created_us);
