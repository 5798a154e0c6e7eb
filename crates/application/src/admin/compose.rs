//! Composition of the administration commands from the ports.

use super::administrators::AdministratorAdmin;
use super::attributes::AttributeAdmin;
use super::audit::AuditAdmin;
use super::claims::ClaimsAdmin;
use super::clients::ClientAdmin;
use super::groups::GroupAdmin;
use super::initial_access_tokens::InitialAccessTokenAdmin;
use super::invitations::{ComposeIn, InvitationAdmin};
use super::keys::{KeyAdmin, MakeSigningKey};
use super::replies::Replies;
use super::resource_servers::ResourceServerAdmin;
use super::roles::RoleAdmin;
use super::sign_on::OperatorTokens;
use super::statistics::StatisticsAdmin;
use super::tenants::TenantAdmin;
use super::upstream_providers::UpstreamProviderAdmin;
use super::users::UserAdmin;
use super::webhooks::WebhookAdmin;
use crate::access_tokens::AccessTokens;
use crate::app::App;
use crate::compose::Ports;
use crate::mail::MailedLinks;
use crate::registration::{ClientRegistrations, Excess};
use crate::sessions::Sessions;
use crate::webhooks::WebhookSender;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::TenantId;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{Outbound, WebhookDeliveryCodec};
use std::sync::Arc;
use std::time::Duration;

/// Dependencies of the commands in addition to the ports of the use cases.
pub struct AdminTools {
    /// Creates signing keys.
    pub make_key: Box<MakeSigningKey<'static>>,
    /// Returns the secret of an HS256 key, to show it to the operator who has created it.
    pub shared_secret: Box<SharedSecret>,
    /// Time between the publication of a new signing key and its first signature.
    pub announcement: Duration,
    /// Maximum number of requests to the admin API per operator and minute.
    pub requests_per_minute: u32,
    /// Composes the mail of invitations.
    pub compose: Arc<ComposeIn>,
    /// Dependencies of the commands for webhooks.
    pub webhooks: WebhookTools,
}

/// Dependencies of the commands for webhooks.
pub struct WebhookTools {
    /// Sends test messages.
    pub outbound: Arc<dyn Outbound>,
    /// Decodes the states of deliveries.
    pub deliveries: Arc<dyn WebhookDeliveryCodec>,
    /// Whether a URL may use `http`: the configuration allows receivers in private networks.
    pub http_allowed: bool,
}

/// Function that returns the secret of an HS256 key; `None` for another key.
pub type SharedSecret = dyn Fn(TenantId, &SigningKey) -> Option<Secret> + Send + Sync;

/// All administration commands.
pub struct Administration<A: App> {
    /// Recognizes operators.
    pub operators: OperatorTokens<A::Store>,
    /// Clients.
    pub clients: ClientAdmin<A::Store>,
    /// Initial access tokens, with which clients register themselves.
    pub initial_access_tokens: InitialAccessTokenAdmin<A::Store>,
    /// Resource servers.
    pub resource_servers: ResourceServerAdmin<A::Store>,
    /// Users.
    pub users: UserAdmin<A>,
    /// Invitations to create an account.
    pub invitations: InvitationAdmin<A>,
    /// Ends sessions and notifies clients.
    pub ending: Sessions<A>,
    /// Admin roles.
    pub roles: RoleAdmin<A::Store>,
    /// Groups.
    pub groups: GroupAdmin<A::Store>,
    /// Webhooks.
    pub webhooks: WebhookAdmin<A::Store>,
    /// Upstream providers.
    pub upstream_providers: UpstreamProviderAdmin<A::Store>,
    /// Tenants of the server.
    pub tenants: TenantAdmin<A::Store>,
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
    /// Composes the commands for users.
    #[must_use]
    pub fn users(&self) -> UserAdmin<A> {
        UserAdmin {
            store: self.store.clone(),
            passwords: self.passwords.clone(),
            vault: self.vault.clone(),
            one_time_codes: self.one_time_codes.clone(),
            events: self.events.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    fn client_admin(&self) -> ClientAdmin<A::Store> {
        ClientAdmin {
            store: self.store.clone(),
            events: self.events.clone(),
            assertions: self.assertions.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    /// Composes the registration of clients at their own request.
    #[must_use]
    pub fn client_registrations(&self) -> ClientRegistrations<A::Store> {
        ClientRegistrations {
            clients: self.client_admin(),
            definitions: self.definitions.clone(),
            excess: Excess::default(),
        }
    }

    pub(crate) fn links(&self) -> MailedLinks<A> {
        MailedLinks {
            store: self.store.clone(),
            codec: self.mailed_links.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }

    /// Composes the commands for tenants.
    #[must_use]
    pub fn tenant_admin(&self) -> TenantAdmin<A::Store> {
        TenantAdmin {
            store: self.store.clone(),
            events: self.events.clone(),
            clock: self.clock.clone(),
        }
    }

    /// Composes the administration commands.
    #[must_use]
    pub fn administration(&self, tools: AdminTools) -> Administration<A> {
        let events = &self.events;
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
            clients: self.client_admin(),
            initial_access_tokens: InitialAccessTokenAdmin {
                store: self.store.clone(),
                events: events.clone(),
                clock: self.clock.clone(),
                entropy: self.entropy.clone(),
            },
            resource_servers: ResourceServerAdmin {
                store: self.store.clone(),
                events: events.clone(),
                clock: self.clock.clone(),
                entropy: self.entropy.clone(),
            },
            users: self.users(),
            invitations: InvitationAdmin {
                store: self.store.clone(),
                links: self.links(),
                mailer: self.mailer.clone(),
                compose: tools.compose.clone(),
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
            webhooks: self.webhook_admin(&tools),
            upstream_providers: UpstreamProviderAdmin {
                store: self.store.clone(),
                vault: self.vault.clone(),
                events: events.clone(),
                clock: self.clock.clone(),
            },
            tenants: self.tenant_admin(),
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

    /// Composes the commands for webhooks.
    #[must_use]
    pub fn webhook_admin(&self, tools: &AdminTools) -> WebhookAdmin<A::Store> {
        let own = &tools.webhooks;
        WebhookAdmin {
            store: self.store.clone(),
            vault: self.vault.clone(),
            sender: WebhookSender {
                outbound: own.outbound.clone(),
                vault: self.vault.clone(),
            },
            deliveries: own.deliveries.clone(),
            http_allowed: own.http_allowed,
            events: self.events.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }
}
