-- Times are seconds since the Unix epoch. Identifiers are the 16 bytes of a UUID.
--
-- Every key and index contains the tenant. Identifiers that grow with time come before it: new rows then go to the end
-- of a table. An index also holds the primary key, so a list by an index is in the order of the key.

-- One row per grant. No index knows `generation`, `rotated_at` or `expires_at`: a rotation changes these, and an index
-- would double what it writes.
CREATE TABLE grants (
    id            BLOB    NOT NULL,
    tenant        INTEGER NOT NULL,
    generation    INTEGER NOT NULL,
    rotated_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    revoked_at    INTEGER,
    client_id     TEXT    NOT NULL,
    subject       TEXT    NOT NULL,
    session_id    BLOB,
    authorization BLOB    NOT NULL,
    PRIMARY KEY (id, tenant)
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_subject ON grants (subject, tenant);
CREATE INDEX grants_session ON grants (session_id, tenant) WHERE session_id IS NOT NULL;

CREATE TABLE clients (
    tenant     INTEGER NOT NULL,
    id         TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    document   TEXT    NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE client_secrets (
    tenant       INTEGER NOT NULL,
    client_id    TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    position     INTEGER NOT NULL,
    digest       BLOB    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    PRIMARY KEY (tenant, client_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE client_origins (
    tenant    INTEGER NOT NULL,
    origin    TEXT    NOT NULL,
    client_id TEXT    NOT NULL,
    PRIMARY KEY (tenant, origin, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_origins_client ON client_origins (tenant, client_id);

CREATE TABLE users (
    id             BLOB    NOT NULL,
    tenant         INTEGER NOT NULL,
    email          TEXT    NOT NULL,
    email_verified INTEGER NOT NULL,
    enabled        INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    document       TEXT    NOT NULL,
    PRIMARY KEY (id, tenant),
    UNIQUE (tenant, email)
) STRICT, WITHOUT ROWID;
CREATE INDEX users_list ON users (tenant, id);

-- One row per user, made with the user.
CREATE TABLE credentials (
    user_id            BLOB    NOT NULL,
    tenant             INTEGER NOT NULL,
    password_hash      TEXT,
    sealed_totp_secret BLOB,
    last_time_step     INTEGER,
    PRIMARY KEY (user_id, tenant)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id               BLOB    NOT NULL,
    tenant           INTEGER NOT NULL,
    user_id          BLOB    NOT NULL,
    authenticated_at INTEGER NOT NULL,
    methods          INTEGER NOT NULL,
    acr              INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    last_active_at   INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    ended_at         INTEGER,
    ip_address       TEXT,
    user_agent       TEXT,
    PRIMARY KEY (id, tenant)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id, tenant);
-- A session is renewed once in half its lifetime, so this index costs little.
CREATE INDEX sessions_expiry ON sessions (expires_at, tenant);

CREATE TABLE consents (
    user_id   BLOB    NOT NULL,
    tenant    INTEGER NOT NULL,
    client_id TEXT    NOT NULL,
    scope     TEXT    NOT NULL,
    given_at  INTEGER NOT NULL,
    PRIMARY KEY (user_id, tenant, client_id)
) STRICT, WITHOUT ROWID;

-- The tenant comes last in the key: with the tenant first, SQLite would look for the passkeys of a user among all of the
-- tenant, and pass over the index.
CREATE TABLE passkeys (
    id           BLOB    NOT NULL,
    tenant       INTEGER NOT NULL,
    user_id      BLOB    NOT NULL,
    name         TEXT    NOT NULL,
    credential   BLOB    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    PRIMARY KEY (id, tenant)
) STRICT, WITHOUT ROWID;
CREATE INDEX passkeys_user ON passkeys (user_id, tenant);

CREATE TABLE recovery_codes (
    user_id BLOB    NOT NULL,
    tenant  INTEGER NOT NULL,
    digest  BLOB    NOT NULL,
    PRIMARY KEY (user_id, tenant, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    id         BLOB    NOT NULL,
    tenant     INTEGER NOT NULL,
    user_id    BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (id, tenant)
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_user ON devices (user_id, tenant);
CREATE INDEX devices_expiry ON devices (expires_at, tenant);

CREATE TABLE signing_keys (
    tenant             INTEGER NOT NULL,
    id                 TEXT    NOT NULL,
    algorithm          TEXT    NOT NULL,
    client_id          TEXT,
    sealed_private_key BLOB    NOT NULL,
    created_at         INTEGER NOT NULL,
    signs_from         INTEGER NOT NULL,
    retires_at         INTEGER,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX signing_keys_retirement ON signing_keys (retires_at, tenant) WHERE retires_at IS NOT NULL;

-- The version of a tenant's set of signing keys: the condition of each change of the set.
CREATE TABLE key_sets (
    tenant  INTEGER NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
) STRICT;

-- Expiring values, in the order in which they expire. They are removed from the front of the key.
CREATE TABLE ephemera (
    expires_at INTEGER NOT NULL,
    id         BLOB    NOT NULL,
    tenant     INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    value      BLOB    NOT NULL,
    PRIMARY KEY (expires_at, id, tenant, kind)
) STRICT, WITHOUT ROWID;

-- The feed of changes. Transactions come one after the other, so numbers commit in their order. A number is never used
-- again.
CREATE TABLE changes (
    number  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    tenant  INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    id      TEXT    NOT NULL,
    version INTEGER NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

-- The audit log. An event that was erased by law keeps its digest.
CREATE TABLE events (
    node     BLOB    NOT NULL,
    number   INTEGER NOT NULL,
    tenant   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    action   TEXT    NOT NULL,
    operator TEXT,
    target   TEXT,
    salt     BLOB,
    digest   BLOB    NOT NULL,
    content  BLOB,
    PRIMARY KEY (node, number, tenant)
) STRICT, WITHOUT ROWID;

-- Nodes belong to no tenant.
CREATE TABLE nodes (
    id         BLOB    NOT NULL PRIMARY KEY,
    generation INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
