-- Times are seconds since the Unix epoch; ids are the 16 bytes of a UUID; lists are JSON arrays of text.

-- One row a grant, kept in the order of its id, which grows with time. No index beside the primary key:
-- a rotation moves `expires_at`, and an index would double what it writes.
CREATE TABLE grants (
    id                BLOB    NOT NULL PRIMARY KEY,
    client_id         TEXT    NOT NULL,
    subject           TEXT    NOT NULL,
    scope             TEXT    NOT NULL,
    auth_time         INTEGER NOT NULL,
    bound_to_verifier INTEGER NOT NULL,
    generation        INTEGER NOT NULL,
    rotated_at        INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL,
    revoked_at        INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE clients (
    id                    TEXT    NOT NULL PRIMARY KEY,
    name                  TEXT    NOT NULL,
    client_type           TEXT    NOT NULL,
    status                TEXT    NOT NULL,
    grant_types           TEXT    NOT NULL,
    scope                 TEXT    NOT NULL,
    redirect_uris         TEXT    NOT NULL,
    domains               TEXT    NOT NULL,
    pkce_required         INTEGER NOT NULL,
    pkce_plain_allowed    INTEGER NOT NULL,
    pkce_replaces_secret  INTEGER NOT NULL,
    signing_algorithm     TEXT,
    audience              TEXT,
    access_token_lifetime INTEGER,
    created_at            INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE client_secrets (
    client_id    TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    position     INTEGER NOT NULL,
    digest       BLOB    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    PRIMARY KEY (client_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id                 BLOB    NOT NULL PRIMARY KEY,
    email              TEXT    NOT NULL UNIQUE,
    name               TEXT,
    enabled            INTEGER NOT NULL,
    password_hash      TEXT,
    sealed_totp_secret BLOB,
    created_at         INTEGER NOT NULL,
    last_time_step     INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE logins (
    id         BLOB    NOT NULL PRIMARY KEY,
    position   INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_keys (
    id                 TEXT    NOT NULL PRIMARY KEY,
    algorithm          TEXT    NOT NULL,
    client_id          TEXT,
    sealed_private_key BLOB    NOT NULL,
    created_at         INTEGER NOT NULL,
    signs_from         INTEGER NOT NULL,
    retires_at         INTEGER
) STRICT, WITHOUT ROWID;

-- One row: a number that grows with every change of clients and signing keys.
CREATE TABLE revision (
    id     INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL
) STRICT;
INSERT INTO revision (id, number) VALUES (1, 0);
