//! Storage of definitions: what administrators define, apart from clients and users.

mod defined;

pub use defined::Defined;

use crate::answer::{Race, StoreError};
use crate::feed::EventRecord;
use crate::slice::{After, Slice};
use countersign_domain::administration::administrators::Administrators;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::role::AdminRole;
use countersign_domain::claims::attribute::Attribute;
use countersign_domain::client::dynamic::initial_access_token::InitialAccessToken;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::TenantId;
use countersign_domain::tenant::registered::RegisteredTenant;
use countersign_domain::user::factor_reset::FactorReset;
use countersign_domain::user::invitation::Invitation;
use countersign_domain::user::scheduled_deletion::ScheduledDeletion;
use countersign_domain::webhook::Webhook;
use std::future::Future;

/// Kind of a definition. A new kind needs no table and no statement: only a variant here and in [`Definition`], its type
/// ([`Defined`]), and its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DefinitionKind {
    /// Resource server. Its key is its audience.
    ResourceServer,
    /// Admin role. Its key is its name.
    AdminRole,
    /// Holders of admin roles. A tenant has one document, with the key [`DefinitionKey::ADMINISTRATORS`].
    Administrators,
    /// Group of users. Its key is its name.
    Group,
    /// Webhook. Its key is its name.
    Webhook,
    /// User attribute. Its key is its name.
    Attribute,
    /// Deletion of an account that its owner requested. Its key is the user ID.
    ScheduledDeletion,
    /// Invitation to create an account. Its key is the address.
    Invitation,
    /// Upstream provider. Its key is its name.
    UpstreamProvider,
    /// Tenant of the server. Its key is its name. Only the server's own tenant has such definitions.
    RegisteredTenant,
    /// Reset of lost second factors that a user requested. Its key is the user ID.
    FactorReset,
    /// Initial access token. Its key is its name.
    InitialAccessToken,
}

impl DefinitionKind {
    /// All kinds.
    pub const ALL: &'static [Self] = &[
        Self::ResourceServer,
        Self::AdminRole,
        Self::Administrators,
        Self::Group,
        Self::Webhook,
        Self::Attribute,
        Self::ScheduledDeletion,
        Self::Invitation,
        Self::UpstreamProvider,
        Self::RegisteredTenant,
        Self::FactorReset,
        Self::InitialAccessToken,
    ];

    /// Returns the number that stores use for this kind, in the table and in the change feed. It must never change.
    #[must_use]
    pub const fn number(self) -> i16 {
        match self {
            Self::ResourceServer => 3,
            Self::AdminRole => 4,
            Self::Administrators => 5,
            Self::Group => 6,
            Self::Webhook => 7,
            Self::Attribute => 9,
            Self::ScheduledDeletion => 11,
            Self::Invitation => 13,
            Self::UpstreamProvider => 15,
            Self::RegisteredTenant => 17,
            Self::FactorReset => 19,
            Self::InitialAccessToken => 23,
        }
    }

    /// Returns the kind with this number; `None` for a kind that a later version added.
    #[must_use]
    pub fn from_number(number: i16) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|kind| kind.number() == number)
    }

    /// Returns the name used in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResourceServer => "resource_server",
            Self::AdminRole => "admin_role",
            Self::Administrators => "administrators",
            Self::Group => "group",
            Self::Webhook => "webhook",
            Self::Attribute => "attribute",
            Self::ScheduledDeletion => "scheduled_deletion",
            Self::Invitation => "invitation",
            Self::UpstreamProvider => "upstream_provider",
            Self::RegisteredTenant => "tenant",
            Self::FactorReset => "factor_reset",
            Self::InitialAccessToken => "initial_access_token",
        }
    }
}

/// Key of a definition within its tenant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefinitionKey {
    /// Kind.
    pub kind: DefinitionKind,
    /// Identifier within the kind, compared byte for byte.
    pub id: String,
}

impl DefinitionKey {
    /// Identifier of the document with the holders of admin roles.
    pub const ADMINISTRATORS: &'static str = "administrators";
}

/// A versioned definition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a tenant has at most a few thousand, and use cases take the content out at once"
)]
pub enum Definition {
    /// Resource server.
    ResourceServer(ResourceServer),
    /// Admin role.
    AdminRole(AdminRole),
    /// Holders of admin roles.
    Administrators(Administrators),
    /// Group of users.
    Group(Group),
    /// Webhook.
    Webhook(Webhook),
    /// User attribute.
    Attribute(Attribute),
    /// Deletion of an account that its owner requested.
    ScheduledDeletion(ScheduledDeletion),
    /// Invitation to create an account.
    Invitation(Invitation),
    /// Upstream provider.
    UpstreamProvider(UpstreamProvider),
    /// Tenant of the server.
    RegisteredTenant(RegisteredTenant),
    /// Reset of lost second factors that a user requested.
    FactorReset(FactorReset),
    /// Initial access token.
    InitialAccessToken(InitialAccessToken),
}

/// Definitions of a tenant.
pub trait DefinitionRepository {
    /// Returns the definition with this key.
    fn find_definition(
        &self,
        tenant: TenantId,
        key: &DefinitionKey,
    ) -> impl Future<Output = Result<Option<Definition>, StoreError>> + Send;

    /// Returns a slice of the definitions of a kind, ordered by identifier.
    fn list_definitions(
        &self,
        tenant: TenantId,
        kind: DefinitionKind,
        after: After<String>,
    ) -> impl Future<Output = Result<Slice<Definition>, StoreError>> + Send;

    /// Returns the tenants that have a definition of a kind, ordered by identifier. For the background work of a server.
    fn tenants_with(
        &self,
        kind: DefinitionKind,
    ) -> impl Future<Output = Result<Vec<TenantId>, StoreError>> + Send;

    /// Stores a definition with version 1. Returns `Lost` if its key exists.
    fn insert_definition(
        &self,
        tenant: TenantId,
        definition: &Definition,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Replaces a definition. Returns `Lost` unless the stored version equals [`Definition::version`]. On success,
    /// increments the stored version.
    fn update_definition(
        &self,
        tenant: TenantId,
        definition: &Definition,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;

    /// Deletes a definition. Returns `Lost` unless the stored version equals `version`, and for a group with members.
    fn delete_definition(
        &self,
        tenant: TenantId,
        key: &DefinitionKey,
        version: u64,
        event: &EventRecord,
    ) -> impl Future<Output = Result<Race, StoreError>> + Send;
}
