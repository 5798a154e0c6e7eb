//! The error type of administration commands.

mod missing;

pub use missing::Missing;

use super::unexplained::Unexplained;
use super::users::{InvalidUserAttribute, InvalidUserClaim};
use crate::failure::Failure;
use countersign_domain::administration::administrators::InvalidAssignment;
use countersign_domain::administration::group::InvalidGroup;
use countersign_domain::administration::role::InvalidRole;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::claims::attribute::InvalidAttribute;
use countersign_domain::claims::attribute_value::AttributeName;
use countersign_domain::claims::policy::{InvalidMapping, InvalidPolicy};
use countersign_domain::claims::roles::{ApplicationRoleName, InvalidRoles};
use countersign_domain::client::ClientId;
use countersign_domain::client::registration::InvalidRegistration;
use countersign_domain::federation::check::InvalidUpstreamProvider;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::login::password;
use countersign_domain::refusal::Refusal;
use countersign_domain::resource_server::InvalidResourceServer;
use countersign_domain::tenant::registered::InvalidTenant;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::user::User;
use countersign_domain::webhook::{InvalidWebhook, Webhook};
use countersign_ports::{PasswordsBusy, SigningError, StoreError};

/// Reason why a command failed. Nothing was changed, except possibly for [`AdminError::Failure`].
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The operator lacks the permission.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The target of the command does not exist.
    #[error("{0} not found")]
    NotFound(Missing),
    /// A concurrent change, or a name that is already taken.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The client metadata is invalid.
    #[error(transparent)]
    Registration(#[from] InvalidRegistration),
    /// The resource server is invalid.
    #[error(transparent)]
    ResourceServer(#[from] InvalidResourceServer),
    /// The admin role is invalid.
    #[error(transparent)]
    Role(#[from] InvalidRole),
    /// The group is invalid.
    #[error(transparent)]
    Group(#[from] InvalidGroup),
    /// The webhook is invalid.
    #[error(transparent)]
    Webhook(#[from] InvalidWebhook),
    /// The upstream provider is invalid.
    #[error(transparent)]
    UpstreamProvider(#[from] InvalidUpstreamProvider),
    /// The roles of a resource server, user or group are invalid.
    #[error(transparent)]
    ApplicationRoles(#[from] InvalidRoles),
    /// A resource server does not define this role.
    #[error("the resource server {1} has no role {0}; define it there first")]
    RoleUndefined(ApplicationRoleName, String),
    /// The claims policy is invalid.
    #[error(transparent)]
    ClaimsPolicy(#[from] InvalidPolicy),
    /// The definition of an attribute is invalid.
    #[error(transparent)]
    AttributeDefinition(#[from] InvalidAttribute),
    /// The values of a tenant are invalid.
    #[error(transparent)]
    InvalidTenant(#[from] InvalidTenant),
    /// A claims policy uses the attribute in a way that is not allowed.
    #[error("the claims policy of {0} uses this attribute; change the policy first: {1}")]
    AttributeUsed(String, InvalidMapping),
    /// The value of a user's attribute is invalid.
    #[error("the attribute {0} is not valid: {1}")]
    Attribute(AttributeName, #[source] InvalidUserAttribute),
    /// The assignment of an admin role is invalid.
    #[error(transparent)]
    Assignment(#[from] InvalidAssignment),
    /// The target has another version than the command expects.
    #[error("the record has changed; read it again")]
    Stale,
    /// A client cannot introspect for a resource server. The text says why.
    #[error("client {0} {1}")]
    IntrospectionClient(ClientId, &'static str),
    /// The client's keys are not a valid JWK Set.
    #[error("the JWK Set is not valid: {0}")]
    Keys(String),
    /// No published key signs with an algorithm of the client.
    #[error("no signing key for {} exists", .0.as_str())]
    SigningKeyMissing(SigningAlgorithm),
    /// A client without a shared key cannot change to HS256.
    #[error("HS256 needs a shared key, which only a new client gets; create a new client")]
    SharedKeyMissing,
    /// A claim value is invalid.
    #[error("the value of the claim {name} is not valid: {1}", name = .0.as_str())]
    Claim(StandardClaim, #[source] InvalidUserClaim),
    /// A mail has no texts in the language.
    #[error("there are no texts in this language; `pages.catalogues` adds languages")]
    Language,
    /// The password is empty or too long.
    #[error("the password is empty or longer than {max} bytes", max = password::MOST)]
    Password,
    /// A request cannot be explained.
    #[error("{0}")]
    Unexplained(Unexplained),
    /// A dependency failed. The command may have been partly carried out; it is safe to run it again.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<Unexplained> for AdminError {
    fn from(reason: Unexplained) -> Self {
        Self::Unexplained(reason)
    }
}

impl From<StoreError> for AdminError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<SigningError> for AdminError {
    fn from(error: SigningError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<PasswordsBusy> for AdminError {
    fn from(error: PasswordsBusy) -> Self {
        Self::Failure(error.into())
    }
}

/// Conflict of a command with stored data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The client identifier is taken.
    #[error("a client with this identifier already exists")]
    ClientId,
    /// The secret name is taken.
    #[error("the client already has a secret with this name")]
    SecretName,
    /// The email address is taken.
    #[error("a user with this email address already exists")]
    Email,
    /// The tenant has no sign-up, or sends no mail.
    #[error(
        "invitations are off; set `login.sign_up` to `invitation`, `open` or `domains`, and set `mail.url`"
    )]
    InvitationsOff,
    /// The audience is taken.
    #[error("a resource server with this audience already exists")]
    Audience,
    /// A client has the audience as its identifier.
    #[error(
        "a client has this identifier, and its access tokens have it as their audience; choose another audience"
    )]
    AudienceOfClient,
    /// A resource server has the client identifier as its audience.
    #[error("a resource server has this audience; choose another client identifier")]
    ClientIdOfAudience,
    /// The name of the admin role is taken.
    #[error("an admin role with this name already exists")]
    RoleName,
    /// A user, client or group holds the admin role.
    #[error("users, clients or groups hold this admin role; revoke it first")]
    RoleHeld,
    /// The target holds admin roles.
    #[error("the client holds admin roles; revoke them first")]
    HoldsRoles,
    /// A resource server names the client for introspection.
    #[error("a resource server names this client for introspection; remove it there first")]
    IsIntrospectionClient,
    /// The name of the group is taken.
    #[error("a group with this name already exists")]
    GroupName,
    /// Other groups have the group as their parent.
    #[error("other groups name this group as a parent; remove it there first")]
    GroupIsParent,
    /// The group has members.
    #[error("the group has members; remove them first")]
    GroupHasMembers,
    /// The group holds admin roles.
    #[error("the group holds admin roles; revoke them first")]
    GroupHoldsRoles,
    /// The user is in too many groups.
    #[error("a user can be in at most {max} groups; remove the user from one first", max = User::MAX_GROUPS)]
    TooManyGroups,
    /// The name of the webhook is taken.
    #[error("a webhook with this name already exists")]
    WebhookName,
    /// The tenant has too many webhooks.
    #[error("there can be at most {max} webhooks; delete one first", max = Webhook::MOST)]
    TooManyWebhooks,
    /// The webhook is disabled.
    #[error("the webhook is disabled; enable it first")]
    WebhookDisabled,
    /// A server has not carried out the previous replay.
    #[error("the previous replay has not begun; a server begins it within a few seconds")]
    ReplayPending,
    /// The name of the upstream provider is taken.
    #[error("an upstream provider with this name already exists")]
    UpstreamProviderName,
    /// The tenant has too many upstream providers.
    #[error("there can be at most {max} upstream providers; delete one first", max = UpstreamProvider::MOST)]
    TooManyUpstreamProviders,
    /// The name of the attribute is taken.
    #[error("an attribute with this name already exists")]
    AttributeName,
    /// The client cannot get tokens for the resource server.
    #[error(
        "the client cannot request tokens for this resource server; add it to the resources of the client"
    )]
    AudienceOfOthers,
    /// The user holds the role `owner`.
    #[error("the user holds the admin role owner; revoke it first")]
    IsOwner,
    /// The user is disabled.
    #[error("the user is disabled; enable the user first")]
    UserDisabled,
    /// The signing key is shared with a client.
    #[error("a client shares this key; revoke it on the command line, which prints the new key")]
    SharedKey,
    /// The events are those of the operator.
    #[error("operators cannot erase their own events; another owner must do it")]
    OwnEvents,
    /// The operator owns too many clients.
    #[error("an operator can own at most 100 clients; delete one first")]
    TooManyClients,
    /// The client is public.
    #[error(
        "a public client cannot authenticate, so it can have neither a secret nor an admin role"
    )]
    PublicClient,
    /// The name of the initial access token is taken.
    #[error("an initial access token with this name already exists")]
    InitialAccessTokenName,
    /// The tenant has too many initial access tokens.
    #[error("there can be at most 1000 initial access tokens; delete one first")]
    TooManyInitialAccessTokens,
    /// The name of the tenant is taken.
    #[error("a tenant with this name already exists")]
    TenantName,
    /// The host is taken.
    #[error(
        "another tenant, or the server itself, has this host; that of a deleted tenant is free ten minutes after its creation"
    )]
    TenantHost,
    /// The tenant is being deleted.
    #[error("the tenant is being deleted; wait until its data is removed")]
    TenantDeleting,
    /// Other commands kept changing the same record. A retry may succeed.
    #[error("other commands are changing the same record; try again")]
    Changed,
}
