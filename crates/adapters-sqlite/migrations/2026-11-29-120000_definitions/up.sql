-- What administrators define, apart from clients and users: resource servers. The number of the kind is that of the
-- change feed.
CREATE TABLE definitions (
    tenant     INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    id         TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    document   TEXT    NOT NULL,
    PRIMARY KEY (tenant, kind, id)
) STRICT, WITHOUT ROWID;
