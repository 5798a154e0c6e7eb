//! Types of the kinds of definitions.

use super::{Definition, DefinitionKey, DefinitionKind};
use countersign_domain::administration::administrators::Administrators;
use countersign_domain::administration::group::Group;
use countersign_domain::administration::role::AdminRole;
use countersign_domain::claims::attribute::Attribute;
use countersign_domain::client::dynamic::initial_access_token::InitialAccessToken;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::registered::RegisteredTenant;
use countersign_domain::user::factor_reset::FactorReset;
use countersign_domain::user::invitation::Invitation;
use countersign_domain::user::scheduled_deletion::ScheduledDeletion;
use countersign_domain::webhook::Webhook;

/// Type of a kind of definitions.
pub trait Defined: Clone + Send + Sync + 'static {
    /// Kind.
    const KIND: DefinitionKind;

    /// Returns the identifier within the kind.
    fn identifier(&self) -> String;

    /// Returns the version: 0 before the definition is stored.
    fn version(&self) -> u64;

    /// Returns the definition if it is of this kind.
    fn from_definition(definition: Definition) -> Option<Self>;

    /// Returns the key.
    fn key(&self) -> DefinitionKey {
        DefinitionKey::of::<Self>(self.identifier())
    }
}

impl DefinitionKey {
    /// Returns the key of a definition of type `T`.
    #[must_use]
    pub fn of<T: Defined>(id: impl Into<String>) -> Self {
        Self {
            kind: T::KIND,
            id: id.into(),
        }
    }
}

/// Ties a type to the variants with its name. The closure returns its identifier.
macro_rules! defined {
    ($($kind:ident: |$own:ident| $identifier:expr;)+) => {
        $(impl Defined for $kind {
            const KIND: DefinitionKind = DefinitionKind::$kind;

            fn identifier(&self) -> String {
                let $own = self;
                $identifier.to_string()
            }

            fn version(&self) -> u64 {
                self.version
            }

            fn from_definition(definition: Definition) -> Option<Self> {
                match definition {
                    Definition::$kind(own) => Some(own),
                    _ => None,
                }
            }
        })+

        impl Definition {
            /// Returns the key.
            #[must_use]
            pub fn key(&self) -> DefinitionKey {
                match self {
                    $(Self::$kind(own) => own.key(),)+
                }
            }

            /// Returns the version: 0 before the definition is stored.
            #[must_use]
            pub const fn version(&self) -> u64 {
                match self {
                    $(Self::$kind(own) => own.version,)+
                }
            }

            /// Returns the definition with another version.
            #[must_use]
            pub fn at_version(mut self, version: u64) -> Self {
                match &mut self {
                    $(Self::$kind(own) => own.version = version,)+
                }
                self
            }
        }
    };
}

defined! {
    ResourceServer: |server| server.audience;
    AdminRole: |role| role.name;
    Administrators: |_all| DefinitionKey::ADMINISTRATORS;
    Group: |group| group.name;
    Webhook: |webhook| webhook.name;
    Attribute: |attribute| attribute.name;
    ScheduledDeletion: |deletion| deletion.user;
    Invitation: |invitation| invitation.email;
    UpstreamProvider: |provider| provider.name;
    RegisteredTenant: |tenant| tenant.name;
    FactorReset: |reset| reset.user;
    InitialAccessToken: |token| token.name;
}
