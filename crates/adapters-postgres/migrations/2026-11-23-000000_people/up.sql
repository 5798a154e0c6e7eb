-- Browser sessions, consent, passkeys, remembered devices, and what OpenID Connect needs. All of it is added: nodes of
-- the version before go on with this layout. A column with a constant default is added without touching a row.

-- A grant of the version before was made after a login by password (1), without a session.
ALTER TABLE grants
    ADD COLUMN session_id      uuid,
    ADD COLUMN methods         smallint NOT NULL DEFAULT 1,
    ADD COLUMN userinfo_claims integer  NOT NULL DEFAULT 0,
    ADD COLUMN id_token_claims integer  NOT NULL DEFAULT 0,
    ADD COLUMN resources       text     NOT NULL DEFAULT '[]';

ALTER TABLE clients
    ADD COLUMN resources   text    NOT NULL DEFAULT '[]',
    ADD COLUMN first_party boolean NOT NULL DEFAULT false,
    ADD COLUMN openid      text    NOT NULL DEFAULT '{}';

ALTER TABLE users
    ADD COLUMN email_verified boolean NOT NULL DEFAULT false,
    ADD COLUMN profile        text    NOT NULL DEFAULT '{}';

CREATE TABLE sessions (
    id               uuid     NOT NULL PRIMARY KEY,
    user_id          uuid     NOT NULL,
    authenticated_at bigint   NOT NULL,
    created_at       bigint   NOT NULL,
    last_active_at   bigint   NOT NULL,
    expires_at       bigint   NOT NULL,
    ended_at         bigint,
    methods          smallint NOT NULL,
    ip_address       text,
    user_agent       text
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX sessions_user ON sessions (user_id);
-- A session is prolonged once in half its time, so this one costs little.
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE consents (
    user_id   uuid   NOT NULL,
    client_id text   COLLATE "C" NOT NULL,
    scope     text   NOT NULL,
    given_at  bigint NOT NULL,
    PRIMARY KEY (user_id, client_id)
);

CREATE TABLE passkeys (
    id           bytea  NOT NULL PRIMARY KEY,
    user_id      uuid   NOT NULL,
    name         text   NOT NULL,
    credential   bytea  NOT NULL,
    created_at   bigint NOT NULL,
    last_used_at bigint
) WITH (fillfactor = 70);
CREATE INDEX passkeys_user ON passkeys (user_id);

CREATE TABLE recovery_codes (
    user_id uuid  NOT NULL,
    digest  bytea NOT NULL,
    PRIMARY KEY (user_id, digest)
);

CREATE TABLE devices (
    id         uuid   NOT NULL PRIMARY KEY,
    user_id    uuid   NOT NULL,
    name       text   NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX devices_user ON devices (user_id);
CREATE INDEX devices_expiry ON devices (expires_at);

CREATE TABLE denied_tokens (
    id         text   COLLATE "C" NOT NULL PRIMARY KEY,
    expires_at bigint NOT NULL
);
CREATE INDEX denied_tokens_expiry ON denied_tokens (expires_at);

-- The indexes of grants are in indexes.rs: on a large table they are built beside the traffic.
