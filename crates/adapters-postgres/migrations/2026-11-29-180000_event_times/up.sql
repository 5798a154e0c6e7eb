-- Searches of the audit log, newest event first.
CREATE INDEX events_time ON events (tenant, at, node, number);
