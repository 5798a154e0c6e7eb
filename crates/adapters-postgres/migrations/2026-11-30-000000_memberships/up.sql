-- Users by group. The document of a user has the groups too.
CREATE TABLE memberships (
    tenant integer NOT NULL,
    group_name text COLLATE "C" NOT NULL,
    user_id uuid NOT NULL,
    PRIMARY KEY (tenant, group_name, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id, tenant);
