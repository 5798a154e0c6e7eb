-- Users by group. The document of a user has the groups too.
CREATE TABLE memberships (
    tenant INTEGER NOT NULL,
    group_name TEXT NOT NULL,
    user_id BLOB NOT NULL,
    PRIMARY KEY (tenant, group_name, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_user ON memberships (user_id, tenant);
