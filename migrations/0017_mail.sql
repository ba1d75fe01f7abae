-- The owner of a session is told of several comments by one mail.
CREATE UNIQUE INDEX jobs_one_mail ON jobs (session) WHERE kind = 'mail' AND state IN ('queued', 'running');
