//! Storage of definitions: what administrators define, apart from clients and users.

use crate::answer::{Race, StoreError};
use crate::feed::EventRecord;
use crate::slice::{After, Slice};
use countersign_domain::administration::administrators::Administrators;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::role::AdminRole;
use countersign_domain::claims::attribute::Attribute;
use countersign_domain::claims::attribute_value::AttributeName;
use countersign_domain::identifier::UserId;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::Email;
use countersign_domain::user::invitation::Invitation;
use countersign_domain::user::scheduled_deletion::ScheduledDeletion;
use countersign_domain::webhook::{Webhook, WebhookName};
use std::future::Future;

/// Kind of a definition. A new kind needs no table and no statement: only a variant here and in [`Definition`], and its
/// document.
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

    /// Returns the key of the deletion that a user requested.
    #[must_use]
    pub fn scheduled_deletion(user: UserId) -> Self {
        Self {
            kind: DefinitionKind::ScheduledDeletion,
            id: user.to_string(),
        }
    }

    /// Returns the key of the invitation of an address.
    #[must_use]
    pub fn invitation(email: &Email) -> Self {
        Self {
            kind: DefinitionKind::Invitation,
            id: email.as_str().to_owned(),
        }
    }

    /// Returns the key of a group.
    #[must_use]
    pub fn group(name: &GroupName) -> Self {
        Self {
            kind: DefinitionKind::Group,
            id: name.as_str().to_owned(),
        }
    }

    /// Returns the key of a webhook.
    #[must_use]
    pub fn webhook(name: &WebhookName) -> Self {
        Self {
            kind: DefinitionKind::Webhook,
            id: name.as_str().to_owned(),
        }
    }

    /// Returns the key of a resource server.
    #[must_use]
    pub fn resource_server(audience: &str) -> Self {
        Self {
            kind: DefinitionKind::ResourceServer,
            id: audience.to_owned(),
        }
    }

    /// Returns the key of a user attribute.
    #[must_use]
    pub fn attribute(name: &AttributeName) -> Self {
        Self {
            kind: DefinitionKind::Attribute,
            id: name.as_str().to_owned(),
        }
    }
}

/// A versioned definition.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

impl Definition {
    /// Returns the key.
    #[must_use]
    pub fn key(&self) -> DefinitionKey {
        match self {
            Self::ResourceServer(server) => DefinitionKey::resource_server(&server.audience),
            Self::AdminRole(role) => DefinitionKey {
                kind: DefinitionKind::AdminRole,
                id: role.name.as_str().to_owned(),
            },
            Self::Administrators(_) => DefinitionKey {
                kind: DefinitionKind::Administrators,
                id: DefinitionKey::ADMINISTRATORS.to_owned(),
            },
            Self::Group(group) => DefinitionKey::group(&group.name),
            Self::Webhook(webhook) => DefinitionKey::webhook(&webhook.name),
            Self::Attribute(attribute) => DefinitionKey::attribute(&attribute.name),
            Self::ScheduledDeletion(deletion) => DefinitionKey::scheduled_deletion(deletion.user),
            Self::Invitation(invitation) => DefinitionKey::invitation(&invitation.email),
        }
    }

    /// Returns the version: 0 before the definition is stored.
    #[must_use]
    pub const fn version(&self) -> u64 {
        match self {
            Self::ResourceServer(server) => server.version,
            Self::AdminRole(role) => role.version,
            Self::Administrators(all) => all.version,
            Self::Group(group) => group.version,
            Self::Webhook(webhook) => webhook.version,
            Self::Attribute(attribute) => attribute.version,
            Self::ScheduledDeletion(deletion) => deletion.version,
            Self::Invitation(invitation) => invitation.version,
        }
    }

    /// Returns the definition with another version.
    #[must_use]
    pub fn at_version(self, version: u64) -> Self {
        match self {
            Self::ResourceServer(server) => {
                Self::ResourceServer(ResourceServer { version, ..server })
            }
            Self::AdminRole(role) => Self::AdminRole(AdminRole { version, ..role }),
            Self::Administrators(all) => Self::Administrators(Administrators { version, ..all }),
            Self::Group(group) => Self::Group(Group { version, ..group }),
            Self::Webhook(webhook) => Self::Webhook(Webhook { version, ..webhook }),
            Self::Attribute(attribute) => Self::Attribute(Attribute {
                version,
                ..attribute
            }),
            Self::ScheduledDeletion(deletion) => Self::ScheduledDeletion(ScheduledDeletion {
                version,
                ..deletion
            }),
            Self::Invitation(invitation) => Self::Invitation(Invitation {
                version,
                ..invitation
            }),
        }
    }
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
