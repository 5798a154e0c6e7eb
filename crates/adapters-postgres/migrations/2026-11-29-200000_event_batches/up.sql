-- Number of the batch that proves an event. NULL until the node of the event has sealed it.
ALTER TABLE events ADD COLUMN batch bigint;
CREATE INDEX events_batch ON events (tenant, batch, node, number);

-- One chain of sealed batches per tenant.
CREATE TABLE event_batches (
    number  bigint  NOT NULL,
    tenant  integer NOT NULL,
    content bytea   NOT NULL,
    mac     bytea   NOT NULL,
    PRIMARY KEY (tenant, number)
);
