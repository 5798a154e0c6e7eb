//! Tables with the rows of tenants.

/// Tables with the rows of tenants, and their primary keys. A table comes before the tables that its rows depend on. The
/// feed of changes is not among them: nodes read it, and its rows are removed by age.
pub const TENANT_TABLES: &[(&str, &str)] = &[
    ("grants", "id, tenant"),
    ("client_secrets", "tenant, client_id, name"),
    ("client_origins", "tenant, origin, client_id"),
    ("clients", "tenant, id"),
    ("memberships", "tenant, group_name, user_id"),
    ("credentials", "user_id, tenant"),
    ("recovery_codes", "user_id, tenant, digest"),
    ("passkeys", "tenant, id"),
    ("consents", "user_id, tenant, client_id"),
    ("devices", "id, tenant"),
    ("identities", "tenant, id"),
    ("sessions", "id, tenant"),
    ("users", "id, tenant"),
    ("definitions", "tenant, kind, id"),
    ("ephemera", "expires_at, id, tenant, kind"),
    ("signing_keys", "tenant, id"),
    ("key_sets", "tenant"),
    ("events", "node, number, tenant"),
    ("event_batches", "tenant, number"),
];
