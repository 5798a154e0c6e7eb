-- Number of the batch that proves an event. NULL until the node of the event has sealed it.
ALTER TABLE events ADD COLUMN batch INTEGER;
CREATE INDEX events_batch ON events (tenant, batch, node, number);

-- One chain of sealed batches per tenant.
CREATE TABLE event_batches (
    tenant  INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    content BLOB    NOT NULL,
    mac     BLOB    NOT NULL,
    PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;
