//! Targets of commands that do not exist.

use std::fmt;

/// Target that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Client.
    Client,
    /// Client secret.
    Secret,
    /// User.
    User,
    /// Passkey.
    Passkey,
    /// Trusted device.
    Device,
    /// Linked account at an upstream provider.
    Identity,
    /// Consent.
    Consent,
    /// Requested reset of the second factors.
    FactorReset,
    /// Session.
    Session,
    /// Grant.
    Grant,
    /// Resource server.
    ResourceServer,
    /// Admin role.
    Role,
    /// Group.
    Group,
    /// User attribute.
    Attribute,
    /// Member of a group.
    Member,
    /// Webhook.
    Webhook,
    /// Invitation.
    Invitation,
    /// Upstream provider.
    UpstreamProvider,
    /// User, client or group with admin roles.
    Holder,
    /// Signing key.
    SigningKey,
    /// Tenant.
    Tenant,
    /// Initial access token.
    InitialAccessToken,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Secret => "secret",
            Self::User => "user",
            Self::Passkey => "passkey",
            Self::Device => "trusted device",
            Self::Identity => "linked identity",
            Self::Consent => "consent",
            Self::FactorReset => "requested reset of the second factors",
            Self::Session => "session",
            Self::Grant => "grant",
            Self::ResourceServer => "resource server",
            Self::Role => "admin role",
            Self::Group => "group",
            Self::Attribute => "attribute",
            Self::Member => "member",
            Self::Webhook => "webhook",
            Self::Invitation => "invitation",
            Self::UpstreamProvider => "upstream provider",
            Self::Holder => "user, client or group",
            Self::SigningKey => "signing key",
            Self::Tenant => "tenant",
            Self::InitialAccessToken => "initial access token",
        })
    }
}
