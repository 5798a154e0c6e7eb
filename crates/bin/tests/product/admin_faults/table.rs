//! All operations that change something.

use super::api::machine;
use super::row::{Row, Target};
use super::target::{attribute, provider, tenant, webhook};
use serde_json::{Value, json};

fn none(_: &str) -> Value {
    Value::Null
}

const fn row(
    id: &'static str,
    target: Target,
    request: &'static str,
    body: fn(&str) -> Value,
) -> Row {
    Row {
        id,
        target,
        request,
        body,
    }
}

pub(super) const TABLE: &[Row] = &[
    row("createClient", Target::Nothing, "POST /clients", machine),
    row(
        "updateClient",
        Target::Client,
        "PATCH /clients/TARGET",
        |name| json!({"client_name": name}),
    ),
    row(
        "deleteClient",
        Target::Client,
        "DELETE /clients/TARGET",
        none,
    ),
    row(
        "addClientSecret",
        Target::Client,
        "POST /clients/TARGET/secrets",
        |_| json!({}),
    ),
    row(
        "expireClientSecret",
        Target::Client,
        "POST /clients/TARGET/secrets/secret-1",
        |_| json!({"expires_at": 4_000_000_000_u64}),
    ),
    row(
        "removeClientSecret",
        Target::Client,
        "DELETE /clients/TARGET/secrets/secret-1",
        none,
    ),
    row(
        "createResourceServer",
        Target::Nothing,
        "POST /resource-servers",
        |name| json!({"audience": name}),
    ),
    row(
        "updateResourceServer",
        Target::ResourceServer,
        "PATCH /resource-servers/TARGET",
        |name| json!({"name": name}),
    ),
    row(
        "deleteResourceServer",
        Target::ResourceServer,
        "DELETE /resource-servers/TARGET",
        none,
    ),
    row(
        "createUser",
        Target::Nothing,
        "POST /users",
        |name| json!({"email": format!("{name}@example.com")}),
    ),
    row(
        "createInitialAccessToken",
        Target::Nothing,
        "POST /initial-access-tokens",
        |name| json!({"name": name}),
    ),
    row(
        "deleteInitialAccessToken",
        Target::InitialAccessToken,
        "DELETE /initial-access-tokens/TARGET",
        none,
    ),
    row(
        "createInvitation",
        Target::Nothing,
        "POST /invitations",
        |name| json!({"email": format!("{name}@example.com")}),
    ),
    row(
        "revokeInvitation",
        Target::Invitation,
        "DELETE /invitations/TARGET",
        none,
    ),
    row(
        "updateUser",
        Target::User,
        "PATCH /users/TARGET",
        |name| json!({"name": name}),
    ),
    row(
        "enableUser",
        Target::DisabledUser,
        "POST /users/TARGET/enable",
        none,
    ),
    row(
        "disableUser",
        Target::User,
        "POST /users/TARGET/disable",
        none,
    ),
    row(
        "resetUserFactors",
        Target::UserWithAccess,
        "POST /users/TARGET/reset-factors",
        none,
    ),
    row(
        "resetUserPassword",
        Target::User,
        "POST /users/TARGET/reset-password",
        none,
    ),
    row("deleteUser", Target::User, "DELETE /users/TARGET", none),
    row(
        "unlockUser",
        Target::UserWithAccess,
        "POST /users/TARGET/unlock",
        none,
    ),
    row(
        "removePasskey",
        Target::UserWithAccess,
        "DELETE /users/TARGET/passkeys/PASSKEY",
        none,
    ),
    row(
        "removeRecoveryCodes",
        Target::UserWithAccess,
        "DELETE /users/TARGET/recovery-codes",
        none,
    ),
    row(
        "cancelFactorReset",
        Target::UserWithAccess,
        "DELETE /users/TARGET/factor-reset",
        none,
    ),
    row(
        "removeTrustedDevice",
        Target::UserWithAccess,
        "DELETE /users/TARGET/devices/TARGET",
        none,
    ),
    row(
        "removeIdentity",
        Target::UserWithAccess,
        "DELETE /users/TARGET/identities/TARGET",
        none,
    ),
    row(
        "withdrawConsent",
        Target::UserWithAccess,
        "DELETE /users/TARGET/consents/web",
        none,
    ),
    row(
        "endSessions",
        Target::UserWithAccess,
        "DELETE /users/TARGET/sessions",
        none,
    ),
    row(
        "endSession",
        Target::UserWithAccess,
        "DELETE /sessions/TARGET",
        none,
    ),
    row(
        "revokeGrants",
        Target::UserWithAccess,
        "DELETE /users/TARGET/grants",
        none,
    ),
    row(
        "revokeGrant",
        Target::UserWithAccess,
        "DELETE /grants/TARGET",
        none,
    ),
    row(
        "createAdminRole",
        Target::Nothing,
        "POST /admin-roles",
        |name| json!({"name": name}),
    ),
    row(
        "updateAdminRole",
        Target::Role,
        "PATCH /admin-roles/TARGET",
        |name| json!({"description": name}),
    ),
    row(
        "deleteAdminRole",
        Target::Role,
        "DELETE /admin-roles/TARGET",
        none,
    ),
    row(
        "createGroup",
        Target::Nothing,
        "POST /groups",
        |name| json!({"name": name}),
    ),
    row(
        "updateGroup",
        Target::Group,
        "PATCH /groups/TARGET",
        |name| json!({"description": name}),
    ),
    row("deleteGroup", Target::Group, "DELETE /groups/TARGET", none),
    row(
        "addMember",
        Target::Outsider,
        "POST /groups/staff/members",
        |_| json!({"user_id": "TARGET"}),
    ),
    row(
        "removeMember",
        Target::Member,
        "DELETE /groups/staff/members/TARGET",
        none,
    ),
    row(
        "grantAdminRole",
        Target::Client,
        "POST /administrators/client:TARGET/roles",
        |_| json!({"role": "auditor"}),
    ),
    row(
        "revokeAdminRole",
        Target::Holder,
        "DELETE /administrators/client:TARGET/roles/auditor",
        none,
    ),
    row(
        "revokeAdminRoles",
        Target::Holder,
        "DELETE /administrators/client:TARGET/roles",
        none,
    ),
    row(
        "rotateSigningKeys",
        Target::Nothing,
        "POST /signing-keys/rotate",
        none,
    ),
    row(
        "revokeSigningKey",
        Target::Key,
        "POST /signing-keys/TARGET/revoke",
        none,
    ),
    row(
        "createAttribute",
        Target::Nothing,
        "POST /attributes",
        attribute,
    ),
    row(
        "updateAttribute",
        Target::Attribute,
        "PATCH /attributes/TARGET",
        |name| json!({"description": name}),
    ),
    row(
        "deleteAttribute",
        Target::Attribute,
        "DELETE /attributes/TARGET",
        none,
    ),
    row("createTenant", Target::Nothing, "POST /tenants", tenant),
    row(
        "updateTenant",
        Target::Tenant,
        "PATCH /tenants/TARGET",
        |name| json!({"description": name}),
    ),
    row(
        "deleteTenant",
        Target::Tenant,
        "DELETE /tenants/TARGET",
        none,
    ),
    row(
        "createUpstreamProvider",
        Target::Nothing,
        "POST /upstream-providers",
        provider,
    ),
    row(
        "updateUpstreamProvider",
        Target::UpstreamProvider,
        "PATCH /upstream-providers/TARGET",
        |name| json!({"display_name": name}),
    ),
    row(
        "deleteUpstreamProvider",
        Target::UpstreamProvider,
        "DELETE /upstream-providers/TARGET",
        none,
    ),
    row("createWebhook", Target::Nothing, "POST /webhooks", webhook),
    row(
        "updateWebhook",
        Target::Webhook,
        "PATCH /webhooks/TARGET",
        |name| json!({"description": name}),
    ),
    row(
        "deleteWebhook",
        Target::Webhook,
        "DELETE /webhooks/TARGET",
        none,
    ),
    row(
        "rotateWebhookSecret",
        Target::Webhook,
        "POST /webhooks/TARGET/secrets",
        |_| json!({}),
    ),
    row(
        "replayWebhook",
        Target::Webhook,
        "POST /webhooks/TARGET/replay",
        |_| json!({}),
    ),
];
