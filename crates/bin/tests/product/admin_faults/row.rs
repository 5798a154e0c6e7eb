//! Rows of the table of operations.

use serde_json::Value;

/// Operation: its ID, its target, and a request that succeeds. The argument of `body` is an unused name.
pub(super) struct Row {
    pub(super) id: &'static str,
    pub(super) target: Target,
    pub(super) request: &'static str,
    pub(super) body: fn(&str) -> Value,
}

/// Object that an operation changes.
pub(super) enum Target {
    Nothing,
    Client,
    ResourceServer,
    User,
    DisabledUser,
    /// User with a session, a grant, a consent, factors and failed attempts.
    UserWithAccess,
    /// Signing key that does not sign.
    Key,
    Role,
    Holder,
    Group,
    Attribute,
    Invitation,
    InitialAccessToken,
    Webhook,
    Tenant,
    UpstreamProvider,
    /// User outside of the group `staff`.
    Outsider,
    /// User in the group `staff`.
    Member,
}
