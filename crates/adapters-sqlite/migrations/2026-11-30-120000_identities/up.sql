-- Accounts at upstream providers that are linked to users. The identifier is derived from issuer and subject.
CREATE TABLE identities (
    tenant INTEGER NOT NULL,
    id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    email TEXT,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    PRIMARY KEY (id, tenant)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_user ON identities (user_id, tenant, id);
