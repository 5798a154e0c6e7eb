//! Composition of the administration commands from the ports.

use super::administrators::AdministratorAdmin;
use super::attributes::AttributeAdmin;
use super::audit::AuditAdmin;
use super::claims::ClaimsAdmin;
use super::clients::ClientAdmin;
use super::events::EventSource;
use super::groups::GroupAdmin;
use super::keys::{KeyAdmin, MakeSigningKey};
use super::replies::Replies;
use super::resource_servers::ResourceServerAdmin;
use super::roles::RoleAdmin;
use super::sign_on::OperatorTokens;
use super::statistics::StatisticsAdmin;
use super::users::UserAdmin;
use crate::access_tokens::AccessTokens;
use crate::app::App;
use crate::compose::Ports;
use crate::sessions::Sessions;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::TenantId;
use countersign_domain::token::signing_key::SigningKey;
use std::sync::Arc;
use std::time::Duration;

/// Dependencies of the commands in addition to the ports of the use cases.
pub struct AdminTools {
    /// Audit events. A process has only one source.
    pub events: Arc<EventSource>,
    /// Creates signing keys.
    pub make_key: Box<MakeSigningKey<'static>>,
    /// Returns the secret of an HS256 key, to show it to the operator who has created it.
    pub shared_secret: Box<SharedSecret>,
    /// Time between the publication of a new signing key and its first signature.
    pub announcement: Duration,
    /// Maximum number of requests to the admin API per operator and minute.
    pub requests_per_minute: u32,
}

/// Function that returns the secret of an HS256 key; `None` for another key.
pub type SharedSecret = dyn Fn(TenantId, &SigningKey) -> Option<Secret> + Send + Sync;

/// All administration commands.
pub struct Administration<A: App> {
    /// Recognizes operators.
    pub operators: OperatorTokens<A::Store>,
    /// Clients.
    pub clients: ClientAdmin<A::Store>,
    /// Resource servers.
    pub resource_servers: ResourceServerAdmin<A::Store>,
    /// Users.
    pub users: UserAdmin<A>,
    /// Ends sessions and notifies clients.
    pub ending: Sessions<A>,
    /// Admin roles.
    pub roles: RoleAdmin<A::Store>,
    /// Groups.
    pub groups: GroupAdmin<A::Store>,
    /// User attributes.
    pub attributes: AttributeAdmin<A::Store>,
    /// Claims of tokens.
    pub claims: ClaimsAdmin<A::Store>,
    /// Holders of admin roles.
    pub administrators: AdministratorAdmin<A::Store>,
    /// Signing keys.
    pub keys: KeyAdmin<A::Store>,
    /// Audit log.
    pub audit: AuditAdmin<A::Store>,
    /// Numbers of objects.
    pub statistics: StatisticsAdmin<A::Store>,
    /// Replies of commands that a client may retry.
    pub replies: Replies<A::Store>,
    /// Dependencies in addition to the ports.
    pub tools: AdminTools,
}

impl<A: App> Ports<A> {
    /// Composes the administration commands.
    #[must_use]
    pub fn administration(&self, tools: AdminTools) -> Administration<A> {
        let events = &tools.events;
        let tokens = AccessTokens {
            store: self.store.clone(),
            clients: self.clients.clone(),
            verifier: self.verifier.clone(),
        };
        Administration {
            operators: OperatorTokens {
                tokens: Arc::new(tokens),
                clock: self.clock.clone(),
            },
            clients: ClientAdmin {
                store: self.store.clone(),
                events: events.clone(),
                assertions: self.assertions.clone(),
                clock: self.clock.clone(),
                entropy: self.entropy.clone(),
            },
            resource_servers: ResourceServerAdmin {
                store: self.store.clone(),
                events: events.clone(),
                clock: self.clock.clone(),
            },
            users: UserAdmin {
                store: self.store.clone(),
                passwords: self.passwords.clone(),
                vault: self.vault.clone(),
                one_time_codes: self.one_time_codes.clone(),
                events: events.clone(),
                clock: self.clock.clone(),
                entropy: self.entropy.clone(),
            },
            ending: self.sessions(),
            roles: RoleAdmin {
                store: self.store.clone(),
                events: events.clone(),
                clock: self.clock.clone(),
            },
            groups: GroupAdmin {
                store: self.store.clone(),
                events: events.clone(),
                clock: self.clock.clone(),
            },
            attributes: AttributeAdmin {
                store: self.store.clone(),
                events: events.clone(),
                clock: self.clock.clone(),
            },
            claims: ClaimsAdmin {
                store: self.store.clone(),
                definitions: self.definitions.clone(),
            },
            administrators: AdministratorAdmin {
                store: self.store.clone(),
                events: events.clone(),
                clock: self.clock.clone(),
            },
            keys: KeyAdmin {
                store: self.store.clone(),
                events: events.clone(),
                clock: self.clock.clone(),
            },
            audit: AuditAdmin {
                store: self.store.clone(),
                events: events.clone(),
                clock: self.clock.clone(),
            },
            statistics: StatisticsAdmin {
                store: self.store.clone(),
                clock: self.clock.clone(),
            },
            replies: Replies {
                store: self.store.clone(),
                vault: self.vault.clone(),
                clock: self.clock.clone(),
            },
            tools,
        }
    }
}
