//! Audit log events: records of what operators changed, of what users did with their accounts, and of refusals.
//!
//! The store writes the event of a command in the same transaction as its change. A server stores the other events
//! within a second after the response.

mod federation;

use crate::identifier::{NodeId, SessionId};
use crate::time::Timestamp;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

/// Identifier of an event: a node and a number. The numbers of a node increase. A number is missing if its change was
/// rolled back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    /// Node that wrote the event: a server process or a command-line process.
    pub node: NodeId,
    /// Number, from 1.
    pub number: u64,
}

/// Name of what happened: `object.verb` in the past tense, such as `client.created`.
///
/// This is an open set: a node shows an action of a later version by its name.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Action(Cow<'static, str>);

impl Action {
    /// A client was registered.
    pub const CLIENT_CREATED: Self = Self(Cow::Borrowed("client.created"));
    /// Client metadata changed.
    pub const CLIENT_UPDATED: Self = Self(Cow::Borrowed("client.updated"));
    /// A client and its grants, consents and keys were deleted.
    pub const CLIENT_DELETED: Self = Self(Cow::Borrowed("client.deleted"));
    /// A user was created.
    pub const USER_CREATED: Self = Self(Cow::Borrowed("user.created"));
    /// A user's claims or status changed.
    pub const USER_UPDATED: Self = Self(Cow::Borrowed("user.updated"));
    /// An operator set a user's password.
    pub const USER_PASSWORD_SET: Self = Self(Cow::Borrowed("user.password_set"));
    /// An operator set up an authenticator app for a user.
    pub const USER_TOTP_SET: Self = Self(Cow::Borrowed("user.totp_set"));
    /// An operator removed a user's second factors.
    pub const USER_FACTORS_RESET: Self = Self(Cow::Borrowed("user.factors_reset"));
    /// An operator deleted a user and everything that belongs to the user.
    pub const USER_DELETED: Self = Self(Cow::Borrowed("user.deleted"));
    /// An operator cleared a user's failed sign-in attempts.
    pub const USER_UNLOCKED: Self = Self(Cow::Borrowed("user.unlocked"));
    /// An operator removed a passkey of a user.
    pub const USER_PASSKEY_REMOVED: Self = Self(Cow::Borrowed("user.passkey_removed"));
    /// An operator removed the recovery codes of a user.
    pub const USER_RECOVERY_CODES_REMOVED: Self =
        Self(Cow::Borrowed("user.recovery_codes_removed"));
    /// An operator removed a trusted device of a user.
    pub const USER_DEVICE_REMOVED: Self = Self(Cow::Borrowed("user.device_removed"));
    /// An operator unlinked an account of a user at an upstream provider.
    pub const USER_IDENTITY_REMOVED: Self = Self(Cow::Borrowed("user.identity_removed"));
    /// An operator withdrew a user's consent.
    pub const USER_CONSENT_WITHDRAWN: Self = Self(Cow::Borrowed("user.consent_withdrawn"));
    /// An operator ended sessions of a user.
    pub const SESSIONS_ENDED: Self = Self(Cow::Borrowed("sessions.ended"));
    /// An operator revoked grants.
    pub const GRANTS_REVOKED: Self = Self(Cow::Borrowed("grants.revoked"));
    /// A resource server was registered.
    pub const RESOURCE_SERVER_CREATED: Self = Self(Cow::Borrowed("resource_server.created"));
    /// A resource server changed.
    pub const RESOURCE_SERVER_UPDATED: Self = Self(Cow::Borrowed("resource_server.updated"));
    /// A resource server was deleted.
    pub const RESOURCE_SERVER_DELETED: Self = Self(Cow::Borrowed("resource_server.deleted"));
    /// An operator invited a person.
    pub const INVITATION_CREATED: Self = Self(Cow::Borrowed("invitation.created"));
    /// An operator revoked an invitation.
    pub const INVITATION_REVOKED: Self = Self(Cow::Borrowed("invitation.revoked"));
    /// The invited person accepted the invitation.
    pub const INVITATION_ACCEPTED: Self = Self(Cow::Borrowed("invitation.accepted"));
    /// Initial access token created.
    pub const INITIAL_ACCESS_TOKEN_CREATED: Self =
        Self(Cow::Borrowed("initial_access_token.created"));
    /// Initial access token deleted.
    pub const INITIAL_ACCESS_TOKEN_DELETED: Self =
        Self(Cow::Borrowed("initial_access_token.deleted"));
    /// Group created.
    pub const GROUP_CREATED: Self = Self(Cow::Borrowed("group.created"));
    /// Group changed.
    pub const GROUP_UPDATED: Self = Self(Cow::Borrowed("group.updated"));
    /// Group deleted.
    pub const GROUP_DELETED: Self = Self(Cow::Borrowed("group.deleted"));
    /// Webhook created.
    pub const WEBHOOK_CREATED: Self = Self(Cow::Borrowed("webhook.created"));
    /// Webhook changed.
    pub const WEBHOOK_UPDATED: Self = Self(Cow::Borrowed("webhook.updated"));
    /// Webhook disabled by the server, because its receiver answered 410 Gone.
    pub const WEBHOOK_DISABLED: Self = Self(Cow::Borrowed("webhook.disabled"));
    /// An operator added a signing secret to a webhook.
    pub const WEBHOOK_SECRET_ROTATED: Self = Self(Cow::Borrowed("webhook.secret_rotated"));
    /// An operator had a test message sent to a webhook.
    pub const WEBHOOK_TESTED: Self = Self(Cow::Borrowed("webhook.tested"));
    /// An operator had events sent again.
    pub const WEBHOOK_REPLAYED: Self = Self(Cow::Borrowed("webhook.replayed"));
    /// Webhook deleted.
    pub const WEBHOOK_DELETED: Self = Self(Cow::Borrowed("webhook.deleted"));
    /// A tenant was created.
    pub const TENANT_CREATED: Self = Self(Cow::Borrowed("tenant.created"));
    /// A tenant was changed, disabled or enabled.
    pub const TENANT_UPDATED: Self = Self(Cow::Borrowed("tenant.updated"));
    /// A tenant was deleted. Its data is removed afterwards.
    pub const TENANT_DELETED: Self = Self(Cow::Borrowed("tenant.deleted"));
    /// All data of a deleted tenant was removed.
    pub const TENANT_REMOVED: Self = Self(Cow::Borrowed("tenant.removed"));
    /// User attribute defined.
    pub const ATTRIBUTE_CREATED: Self = Self(Cow::Borrowed("attribute.created"));
    /// Definition of a user attribute changed.
    pub const ATTRIBUTE_UPDATED: Self = Self(Cow::Borrowed("attribute.updated"));
    /// Definition of a user attribute deleted.
    pub const ATTRIBUTE_DELETED: Self = Self(Cow::Borrowed("attribute.deleted"));
    /// Admin role created.
    pub const ADMIN_ROLE_CREATED: Self = Self(Cow::Borrowed("admin_role.created"));
    /// An admin role changed.
    pub const ADMIN_ROLE_UPDATED: Self = Self(Cow::Borrowed("admin_role.updated"));
    /// An admin role was deleted.
    pub const ADMIN_ROLE_DELETED: Self = Self(Cow::Borrowed("admin_role.deleted"));
    /// A user or client got an admin role.
    pub const ADMIN_ROLE_GRANTED: Self = Self(Cow::Borrowed("admin_role.granted"));
    /// A user or client lost admin roles.
    pub const ADMIN_ROLE_REVOKED: Self = Self(Cow::Borrowed("admin_role.revoked"));
    /// The content of events about a person was erased.
    pub const EVENTS_ERASED: Self = Self(Cow::Borrowed("events.erased"));
    /// Events were removed after their retention.
    pub const EVENTS_REMOVED: Self = Self(Cow::Borrowed("events.removed"));
    /// A signing key was revoked, because it had leaked.
    pub const SIGNING_KEY_REVOKED: Self = Self(Cow::Borrowed("signing_key.revoked"));
    /// The set of signing keys changed.
    pub const SIGNING_KEYS_CHANGED: Self = Self(Cow::Borrowed("signing_keys.changed"));
    /// A user signed in.
    pub const USER_SIGNED_IN: Self = Self(Cow::Borrowed("user.signed_in"));
    /// A user signed out, or ended one of their sessions.
    pub const USER_SIGNED_OUT: Self = Self(Cow::Borrowed("user.signed_out"));
    /// A sign-in was refused.
    pub const SIGN_IN_REFUSED: Self = Self(Cow::Borrowed("sign_in.refused"));
    /// A user registered.
    pub const USER_REGISTERED: Self = Self(Cow::Borrowed("user.registered"));
    /// A user changed their password.
    pub const USER_PASSWORD_CHANGED: Self = Self(Cow::Borrowed("user.password_changed"));
    /// A user requested the deletion of their account.
    pub const USER_DELETION_REQUESTED: Self = Self(Cow::Borrowed("user.deletion_requested"));
    /// A user canceled the deletion of their account.
    pub const USER_DELETION_CANCELED: Self = Self(Cow::Borrowed("user.deletion_canceled"));
    /// The requested deletion of an account has been carried out.
    pub const USER_DELETION_COMPLETED: Self = Self(Cow::Borrowed("user.deletion_completed"));
    /// A user requested the reset of lost second factors.
    pub const USER_FACTOR_RESET_REQUESTED: Self =
        Self(Cow::Borrowed("user.factor_reset_requested"));
    /// The requested reset of second factors was canceled, or expired.
    pub const USER_FACTOR_RESET_CANCELED: Self = Self(Cow::Borrowed("user.factor_reset_canceled"));
    /// A user removed their second factors by a requested reset.
    pub const USER_FACTOR_RESET_COMPLETED: Self =
        Self(Cow::Borrowed("user.factor_reset_completed"));
    /// A user downloaded the data of their account.
    pub const USER_DATA_EXPORTED: Self = Self(Cow::Borrowed("user.data_exported"));
    /// A user removed their password, and signs in with passkeys.
    pub const USER_PASSWORD_REMOVED: Self = Self(Cow::Borrowed("user.password_removed"));
    /// A user presented a mailed link or code to choose a new password.
    pub const USER_RECOVERY_STARTED: Self = Self(Cow::Borrowed("user.recovery_started"));
    /// A user chose a new password after a recovery.
    pub const USER_PASSWORD_RESET: Self = Self(Cow::Borrowed("user.password_reset"));
    /// A user answered a security notice with "This wasn't me", which ended all sessions.
    pub const USER_SECURED: Self = Self(Cow::Borrowed("user.secured"));
    /// A user set up an authenticator app.
    pub const USER_TOTP_ADDED: Self = Self(Cow::Borrowed("user.totp_added"));
    /// A user removed their authenticator app.
    pub const USER_TOTP_REMOVED: Self = Self(Cow::Borrowed("user.totp_removed"));
    /// A user registered a passkey.
    pub const USER_PASSKEY_ADDED: Self = Self(Cow::Borrowed("user.passkey_added"));
    /// A user renamed a passkey.
    pub const USER_PASSKEY_RENAMED: Self = Self(Cow::Borrowed("user.passkey_renamed"));
    /// A user replaced their recovery codes.
    pub const USER_RECOVERY_CODES_REPLACED: Self =
        Self(Cow::Borrowed("user.recovery_codes_replaced"));
    /// An account at an upstream provider was linked to a user.
    pub const USER_IDENTITY_LINKED: Self = Self(Cow::Borrowed("user.identity_linked"));
    /// A user unlinked an account at an upstream provider.
    pub const USER_IDENTITY_UNLINKED: Self = Self(Cow::Borrowed("user.identity_unlinked"));
    /// A user made a device skip the second factor.
    pub const USER_DEVICE_ADDED: Self = Self(Cow::Borrowed("user.device_added"));
    /// A user consented to the access of a client.
    pub const USER_CONSENTED: Self = Self(Cow::Borrowed("user.consented"));
    /// A user allowed the request of a device.
    pub const DEVICE_APPROVED: Self = Self(Cow::Borrowed("device.approved"));
    /// A user denied the request of a device.
    pub const DEVICE_DENIED: Self = Self(Cow::Borrowed("device.denied"));
    /// A grant was revoked, because its authorization code or refresh token was presented again, or because its user or
    /// session had ended. The rule of the refusal is the reason.
    pub const GRANT_REVOKED: Self = Self(Cow::Borrowed("grant.revoked"));
    /// A request that was about to revoke a grant was cut off by its client. The grant may have been revoked.
    pub const REVOCATION_CUT_OFF: Self = Self(Cow::Borrowed("grant.revocation_cut_off"));
    /// A request was refused.
    pub const REQUEST_REFUSED: Self = Self(Cow::Borrowed("request.refused"));
    /// Refusals of a rule that were only counted, because there were too many.
    pub const REFUSALS_COUNTED: Self = Self(Cow::Borrowed("refusals.counted"));

    /// Creates an action from its name.
    pub fn named(name: impl Into<String>) -> Self {
        Self(Cow::Owned(name.into()))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Target or operator of an event: a kind and an identifier, such as `client` and `notes`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Party {
    /// Kind. Operators are a `user`, a `client`, the `command_line`, the `server`, or the network `address` of a request
    /// before anyone has authenticated. Targets are objects such as `client`, `grant` or `admin_role`, an `endpoint`, or
    /// a `rule`.
    pub kind: Cow<'static, str>,
    /// Identifier within the kind.
    pub id: String,
}

impl Party {
    /// Creates a party.
    pub fn new(kind: &'static str, id: impl Into<String>) -> Self {
        Self {
            kind: Cow::Borrowed(kind),
            id: id.into(),
        }
    }
}

/// Changed field. The values of secrets read `..`.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Name of the field in the stored document.
    pub field: Cow<'static, str>,
    /// Old value; `None` if the field was not set.
    pub before: Option<String>,
    /// New value; `None` if the field was removed.
    pub after: Option<String>,
}

/// Prints only the name, because values may be personal data.
impl fmt::Debug for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldChange({})", self.field)
    }
}

/// How the operator of an event acted, and whether the server refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventContext {
    /// Client: that of the operator's access token, or that of the request. In a refused request, it may be one that the
    /// requester only claimed to be.
    pub client: Option<String>,
    /// Browser session of the operator.
    pub session: Option<SessionId>,
    /// Admin roles of the operator, at the time of the command.
    pub roles: Vec<String>,
    /// Name of the rule that refused the request; `None` if it succeeded.
    pub refusal: Option<String>,
}

/// Audit log event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Identifier.
    pub id: EventId,
    /// Time.
    pub at: Timestamp,
    /// What happened.
    pub action: Action,
    /// Who did it.
    pub operator: Party,
    /// Changed object, or object of the request.
    pub target: Party,
    /// Changed fields, or facts of the request.
    pub changes: Vec<FieldChange>,
    /// Network address of the request; `None` for a local command.
    pub address: Option<IpAddr>,
    /// Request ID; `None` for a local command.
    pub request: Option<String>,
    /// How the operator acted, and whether the server refused.
    pub context: EventContext,
}

#[cfg(test)]
mod tests;
