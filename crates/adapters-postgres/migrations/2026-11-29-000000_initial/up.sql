-- Times are seconds since the Unix epoch. Identifiers and names are compared byte by byte, whatever the language of the
-- database.
--
-- Every key and index contains the tenant, so that tenants can be spread over several databases. Identifiers that grow
-- with time come before it: new rows then go to one end of an index.
--
-- Columns of eight bytes come before those of four, and text comes last, so that a row has no gaps.

-- One row per grant. No index knows `rotated_at`, `expires_at` or `generation`: a rotation changes these, and as long as
-- no index knows them, the new version of the row stays in its page and no index is touched (a heap-only update). The
-- space that is left free in each page is for those versions. The three columns stand together: what precedes and
-- follows them is not logged again by a rotation.
CREATE TABLE grants (
    id              uuid    NOT NULL,
    rotated_at      bigint  NOT NULL,
    expires_at      bigint  NOT NULL,
    generation      bigint  NOT NULL,
    revoked_at      bigint,
    tenant          integer NOT NULL,
    session_id      uuid,
    client_id       text    COLLATE "C" NOT NULL,
    subject         text    COLLATE "C" NOT NULL,
    "authorization" bytea   NOT NULL,
    PRIMARY KEY (id, tenant)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
-- The other indexes of grants are in indexes.rs: on a large table, a migration builds an index beside the traffic.

CREATE TABLE clients (
    version    bigint  NOT NULL,
    created_at bigint  NOT NULL,
    tenant     integer NOT NULL,
    id         text    COLLATE "C" NOT NULL,
    document   text    NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE client_secrets (
    position     bigint  NOT NULL,
    created_at   bigint  NOT NULL,
    expires_at   bigint,
    last_used_at bigint,
    tenant       integer NOT NULL,
    client_id    text    COLLATE "C" NOT NULL,
    name         text    COLLATE "C" NOT NULL,
    digest       bytea   NOT NULL,
    PRIMARY KEY (tenant, client_id, name)
) WITH (fillfactor = 70);

CREATE TABLE client_origins (
    tenant    integer NOT NULL,
    origin    text    COLLATE "C" NOT NULL,
    client_id text    COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, origin, client_id)
);
CREATE INDEX client_origins_client ON client_origins (tenant, client_id);

CREATE TABLE users (
    id             uuid    NOT NULL,
    version        bigint  NOT NULL,
    created_at     bigint  NOT NULL,
    tenant         integer NOT NULL,
    email_verified boolean NOT NULL,
    enabled        boolean NOT NULL,
    email          text    COLLATE "C" NOT NULL,
    document       text    NOT NULL,
    PRIMARY KEY (id, tenant),
    CONSTRAINT users_email UNIQUE (tenant, email)
) WITH (fillfactor = 80);

-- One row per user, made with the user.
CREATE TABLE credentials (
    user_id            uuid    NOT NULL,
    last_time_step     bigint,
    tenant             integer NOT NULL,
    password_hash      text,
    sealed_totp_secret bytea,
    PRIMARY KEY (user_id, tenant)
) WITH (fillfactor = 70);

CREATE TABLE sessions (
    id               uuid     NOT NULL,
    user_id          uuid     NOT NULL,
    authenticated_at bigint   NOT NULL,
    created_at       bigint   NOT NULL,
    last_active_at   bigint   NOT NULL,
    expires_at       bigint   NOT NULL,
    ended_at         bigint,
    tenant           integer  NOT NULL,
    methods          integer  NOT NULL,
    acr              smallint NOT NULL,
    ip_address       text,
    user_agent       text,
    PRIMARY KEY (id, tenant)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX sessions_user ON sessions (user_id, tenant);
-- A session is renewed once in half its lifetime, so this index costs little.
CREATE INDEX sessions_expiry ON sessions (expires_at, tenant);

CREATE TABLE consents (
    user_id   uuid    NOT NULL,
    given_at  bigint  NOT NULL,
    tenant    integer NOT NULL,
    client_id text    COLLATE "C" NOT NULL,
    scope     text    NOT NULL,
    PRIMARY KEY (user_id, tenant, client_id)
);

CREATE TABLE passkeys (
    user_id      uuid    NOT NULL,
    created_at   bigint  NOT NULL,
    last_used_at bigint,
    tenant       integer NOT NULL,
    id           bytea   NOT NULL,
    name         text    NOT NULL,
    credential   bytea   NOT NULL,
    PRIMARY KEY (tenant, id)
) WITH (fillfactor = 70);
CREATE INDEX passkeys_user ON passkeys (user_id, tenant, id);

CREATE TABLE recovery_codes (
    user_id uuid    NOT NULL,
    tenant  integer NOT NULL,
    digest  bytea   NOT NULL,
    PRIMARY KEY (user_id, tenant, digest)
);

CREATE TABLE devices (
    id         uuid    NOT NULL,
    user_id    uuid    NOT NULL,
    created_at bigint  NOT NULL,
    expires_at bigint  NOT NULL,
    tenant     integer NOT NULL,
    name       text    NOT NULL,
    PRIMARY KEY (id, tenant)
);
CREATE INDEX devices_user ON devices (user_id, tenant, id);
CREATE INDEX devices_expiry ON devices (expires_at, tenant);

CREATE TABLE signing_keys (
    created_at         bigint  NOT NULL,
    signs_from         bigint  NOT NULL,
    retires_at         bigint,
    tenant             integer NOT NULL,
    id                 text    COLLATE "C" NOT NULL,
    algorithm          text    NOT NULL,
    client_id          text    COLLATE "C",
    sealed_private_key bytea   NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX signing_keys_retirement ON signing_keys (retires_at, tenant) WHERE retires_at IS NOT NULL;

-- The version of a tenant's set of signing keys: the condition of each change of the set.
CREATE TABLE key_sets (
    version bigint  NOT NULL,
    tenant  integer NOT NULL,
    PRIMARY KEY (tenant)
) WITH (fillfactor = 70);

-- Expiring values, in the order in which they expire. They are removed from the front of the key.
CREATE TABLE ephemera (
    id         uuid     NOT NULL,
    expires_at bigint   NOT NULL,
    version    bigint   NOT NULL,
    total      bigint   NOT NULL,
    tenant     integer  NOT NULL,
    kind       smallint NOT NULL,
    value      bytea    NOT NULL,
    PRIMARY KEY (expires_at, id, tenant, kind)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

-- The feed of changes. A reader goes on from the oldest transaction that was still running, so that a change that commits
-- late is not skipped.
CREATE TABLE changes (
    xid     xid8     NOT NULL DEFAULT pg_current_xact_id(),
    at      bigint   NOT NULL,
    version bigint   NOT NULL,
    tenant  integer  NOT NULL,
    kind    smallint NOT NULL,
    id      text     COLLATE "C" NOT NULL,
    PRIMARY KEY (xid, tenant, kind, id)
);

-- The audit log. An event that was erased by law keeps its digest.
CREATE TABLE events (
    node     uuid    NOT NULL,
    number   bigint  NOT NULL,
    at       bigint  NOT NULL,
    tenant   integer NOT NULL,
    action   text    COLLATE "C" NOT NULL,
    operator text    COLLATE "C",
    target   text    COLLATE "C",
    salt     bytea,
    digest   bytea   NOT NULL,
    content  bytea,
    PRIMARY KEY (node, number, tenant)
);

-- Nodes belong to no tenant.
CREATE TABLE nodes (
    id         uuid   NOT NULL PRIMARY KEY,
    generation bigint NOT NULL,
    seen_at    bigint NOT NULL
) WITH (fillfactor = 70);
