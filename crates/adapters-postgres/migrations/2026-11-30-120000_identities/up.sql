-- Accounts at upstream providers that are linked to users. The identifier is derived from issuer and subject.
CREATE TABLE identities (
    id           uuid    NOT NULL,
    user_id      uuid    NOT NULL,
    created_at   bigint  NOT NULL,
    last_used_at bigint,
    tenant       integer NOT NULL,
    provider     text    NOT NULL,
    issuer       text    NOT NULL,
    subject      text    NOT NULL,
    email        text,
    PRIMARY KEY (tenant, id)
) WITH (fillfactor = 70);
CREATE INDEX identities_user ON identities (user_id, tenant, id);
