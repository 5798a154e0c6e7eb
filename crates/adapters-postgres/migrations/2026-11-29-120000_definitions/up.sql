-- What administrators define, apart from clients and users: resource servers. The number of the kind is that of the
-- change feed.
CREATE TABLE definitions (
    version    bigint   NOT NULL,
    created_at bigint   NOT NULL,
    tenant     integer  NOT NULL,
    kind       smallint NOT NULL,
    id         text     COLLATE "C" NOT NULL,
    document   text     NOT NULL,
    PRIMARY KEY (tenant, kind, id)
);
