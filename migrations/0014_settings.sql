-- What a person asked for that can be taken back for a day.

-- When the limit in retention_days was chosen: it counts from a day later. NULL: it counts.
ALTER TABLE users ADD COLUMN retention_since_us BIGINT;
-- When they asked that everything be deleted; NULL: they did not.
ALTER TABLE users ADD COLUMN erase_asked_us BIGINT;
