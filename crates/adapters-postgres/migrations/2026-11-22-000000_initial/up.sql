-- Times are seconds since the Unix epoch; lists are JSON arrays of text. Keys that people choose are compared
-- byte by byte, whatever the language of the database.

-- One row a grant. No index beside the primary key: a rotation moves `generation`, `rotated_at` and
-- `expires_at`, and as long as no index knows of these, the new version of the row stays in its page and no
-- index is touched (a heap-only update). The room that is left in each page is for those versions.
CREATE TABLE grants (
    id                uuid    NOT NULL PRIMARY KEY,
    auth_time         bigint  NOT NULL,
    generation        bigint  NOT NULL,
    rotated_at        bigint  NOT NULL,
    expires_at        bigint  NOT NULL,
    revoked_at        bigint,
    bound_to_verifier boolean NOT NULL,
    client_id         text    NOT NULL,
    subject           text    NOT NULL,
    scope             text    NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE clients (
    id                    text    COLLATE "C" NOT NULL PRIMARY KEY,
    name                  text    NOT NULL,
    client_type           text    NOT NULL,
    status                text    NOT NULL,
    grant_types           text    NOT NULL,
    scope                 text    NOT NULL,
    redirect_uris         text    NOT NULL,
    domains               text    NOT NULL,
    pkce_required         boolean NOT NULL,
    pkce_plain_allowed    boolean NOT NULL,
    pkce_replaces_secret  boolean NOT NULL,
    signing_algorithm     text,
    audience              text,
    access_token_lifetime bigint,
    created_at            bigint  NOT NULL
);

CREATE TABLE client_secrets (
    client_id    text   COLLATE "C" NOT NULL,
    name         text   COLLATE "C" NOT NULL,
    position     bigint NOT NULL,
    digest       bytea  NOT NULL,
    created_at   bigint NOT NULL,
    expires_at   bigint,
    last_used_at bigint,
    PRIMARY KEY (client_id, name)
) WITH (fillfactor = 70);

CREATE TABLE users (
    id                 uuid    NOT NULL PRIMARY KEY,
    email              text    COLLATE "C" NOT NULL UNIQUE,
    name               text,
    enabled            boolean NOT NULL,
    password_hash      text,
    sealed_totp_secret bytea,
    created_at         bigint  NOT NULL,
    last_time_step     bigint
) WITH (fillfactor = 70);

CREATE TABLE logins (
    id         uuid   NOT NULL PRIMARY KEY,
    position   bigint NOT NULL,
    attempts   bigint NOT NULL,
    expires_at bigint NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE signing_keys (
    id                 text   COLLATE "C" NOT NULL PRIMARY KEY,
    algorithm          text   NOT NULL,
    client_id          text   COLLATE "C",
    sealed_private_key bytea  NOT NULL,
    created_at         bigint NOT NULL,
    signs_from         bigint NOT NULL,
    retires_at         bigint
);

-- One row: a number that grows with every change of clients and signing keys.
CREATE TABLE revision (
    id     bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    number bigint NOT NULL
);
INSERT INTO revision (id, number) VALUES (1, 0);
