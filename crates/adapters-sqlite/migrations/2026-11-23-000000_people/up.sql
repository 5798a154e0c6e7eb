-- Browser sessions, consent, passkeys, remembered devices, and what OpenID Connect needs. All of it is added: a server
-- of the version before goes on with this layout.

-- A grant of the version before was made after a login by password (1), without a session.
ALTER TABLE grants ADD COLUMN session_id BLOB;
ALTER TABLE grants ADD COLUMN methods INTEGER NOT NULL DEFAULT 1;
ALTER TABLE grants ADD COLUMN userinfo_claims INTEGER NOT NULL DEFAULT 0;
ALTER TABLE grants ADD COLUMN id_token_claims INTEGER NOT NULL DEFAULT 0;
ALTER TABLE grants ADD COLUMN resources TEXT NOT NULL DEFAULT '[]';
-- Of what never changes: a rotation does not touch them.
CREATE INDEX grants_subject ON grants (subject);
CREATE INDEX grants_session ON grants (session_id) WHERE session_id IS NOT NULL;

ALTER TABLE clients ADD COLUMN resources TEXT NOT NULL DEFAULT '[]';
ALTER TABLE clients ADD COLUMN first_party INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clients ADD COLUMN openid TEXT NOT NULL DEFAULT '{}';

ALTER TABLE users ADD COLUMN email_verified INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN profile TEXT NOT NULL DEFAULT '{}';

CREATE TABLE sessions (
    id               BLOB    NOT NULL PRIMARY KEY,
    user_id          BLOB    NOT NULL,
    authenticated_at INTEGER NOT NULL,
    methods          INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    last_active_at   INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    ended_at         INTEGER,
    ip_address       TEXT,
    user_agent       TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id);
-- A session is prolonged once in half its time, so this one costs little.
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE consents (
    user_id   BLOB    NOT NULL,
    client_id TEXT    NOT NULL,
    scope     TEXT    NOT NULL,
    given_at  INTEGER NOT NULL,
    PRIMARY KEY (user_id, client_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE passkeys (
    id           BLOB    NOT NULL PRIMARY KEY,
    user_id      BLOB    NOT NULL,
    name         TEXT    NOT NULL,
    credential   BLOB    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX passkeys_user ON passkeys (user_id);

CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL,
    digest  BLOB NOT NULL,
    PRIMARY KEY (user_id, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    id         BLOB    NOT NULL PRIMARY KEY,
    user_id    BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_user ON devices (user_id);
CREATE INDEX devices_expiry ON devices (expires_at);

CREATE TABLE denied_tokens (
    id         TEXT    NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX denied_tokens_expiry ON denied_tokens (expires_at);
