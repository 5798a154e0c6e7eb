//! Registration of clients at their own request (RFC 7591), and its management by the client (RFC 7592).
//!
//! The commands of operators store, change and delete these clients, too: the same rules hold. A client runs them as an
//! operator that may only write clients. What it may ask for is a policy of the tenant
//! ([`RegistrationPolicy`](countersign_domain::client::dynamic::policy::RegistrationPolicy)).

mod error;
mod excess;
mod management;
mod unused;

pub use error::RegistrationError;
pub use excess::Excess;
pub use management::Restated;

use crate::admin::AdminError;
use crate::admin::clients::{ClientAdmin, NewClient};
use crate::admin::{random_client_id, random_secret};
use crate::attempts;
use crate::definitions::Definitions;
use crate::ephemera::uses_of;
use crate::failure::Failure;
use crate::refusals;
use crate::tenants::room;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::client::Client;
use countersign_domain::client::dynamic::initial_access_token::{
    InitialAccessToken, PresentedToken,
};
use countersign_domain::client::dynamic::metadata::ClientMetadata;
use countersign_domain::client::dynamic::policy::RegistrationMode;
use countersign_domain::client::dynamic::{ClientLinks, DynamicRegistration};
use countersign_domain::login::attempts::Target;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::{Counter, Store};
use std::net::IpAddr;
use std::sync::Arc;

/// Registration of clients at their own request.
pub struct ClientRegistrations<S> {
    /// Commands that store the clients.
    pub clients: ClientAdmin<S>,
    /// Initial access tokens, cached.
    pub definitions: Arc<Definitions<S>>,
    /// What housekeeping found last.
    pub excess: Excess,
}

/// Registered client, with the secrets that are shown only once.
#[derive(Debug)]
pub struct Registered {
    /// Stored client.
    pub client: Client,
    /// Client secret, if its authentication method needs one.
    pub secret: Option<Secret>,
    /// Registration access token (RFC 7592 section 3).
    pub access_token: Secret,
}

impl<S: Store> ClientRegistrations<S> {
    /// Registers a client. `token` is the initial access token of the request. Every attempt with a token, and every
    /// anonymous one where the policy allows them, counts against the network address.
    pub async fn register(
        &self,
        tenant: &Tenant,
        token: Option<&str>,
        metadata: &ClientMetadata,
        address: Option<IpAddr>,
    ) -> Result<Registered, RegistrationError> {
        let policy = &tenant.settings.client_registration;
        match (policy.mode, token) {
            (RegistrationMode::Off, _) => return Err(refusals::CLIENT_REGISTRATION_OFF.into()),
            (RegistrationMode::Token, None) => return Err(RegistrationError::TokenMissing),
            _ => {}
        }
        let (store, now) = (&*self.clients.store, self.clients.clock.now());
        self.count_attempt(tenant, address, now).await?;
        let token = match token {
            Some(text) => Some(self.initial_access_token(tenant, text, now).await?),
            None => None,
        };
        let (new, access_token) = self.new_client(tenant, token.as_deref(), metadata, now)?;
        // Counted before the client is stored: concurrent registrations cannot exceed a limit.
        let counted = count_in(store, tenant, token.as_deref(), now).await?;
        let operator = registrant(Operator::visitor(address));
        let created = self.clients.create(tenant, &operator, new, None).await;
        match created {
            Ok(created) => Ok(Registered {
                client: created.client,
                secret: created.secret,
                access_token,
            }),
            // The client may be stored. If it is not, housekeeping corrects the number.
            Err(AdminError::Failure(error @ Failure::Store(_))) => Err(error.into()),
            Err(error) => {
                room::give_back(store, tenant.id, &counted, now).await;
                Err(error.into())
            }
        }
    }

    /// Counts an attempt to register or to change a client against the network address, if it is known.
    async fn count_attempt(
        &self,
        tenant: &Tenant,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let most = tenant.settings.client_registration.attempts;
        let target = address.map(|address| Target::Registration { address, most });
        let targets: Vec<_> = target.into_iter().collect();
        let store = &*self.clients.store;
        attempts::take(store, tenant, &targets, (&[], None), now).await?;
        Ok(())
    }

    fn new_client(
        &self,
        tenant: &Tenant,
        token: Option<&InitialAccessToken>,
        metadata: &ClientMetadata,
        now: Timestamp,
    ) -> Result<(NewClient, Secret), RegistrationError> {
        let policy = &tenant.settings.client_registration;
        let entropy = &*self.clients.entropy;
        let id = random_client_id(entropy).map_err(|_| Failure::Contended)?;
        let access_token = random_secret(entropy);
        let mut client = Client::new(id, "", metadata.client_type()?, now);
        client.dynamic = Some(DynamicRegistration {
            access_token: access_token.digest(),
            initial_access_token: token.map(|token| token.name.clone()),
            links: ClientLinks::default(),
        });
        client.resources.clone_from(&policy.resources);
        metadata.apply(&mut client, policy)?;
        let new = NewClient {
            has_generated_id: true,
            ..client.into()
        };
        Ok((new, access_token))
    }

    /// Returns the initial access token with this text, if it has not expired.
    async fn initial_access_token(
        &self,
        tenant: &Tenant,
        text: &str,
        now: Timestamp,
    ) -> Result<Arc<InitialAccessToken>, Failure> {
        let invalid = refusals::INITIAL_ACCESS_TOKEN_INVALID;
        let Some(presented) = PresentedToken::parse(text) else {
            return Err(invalid.into());
        };
        let name = presented.name.as_str();
        let found: Option<Arc<InitialAccessToken>> = self.definitions.find(tenant.id, name).await?;
        let found = found.filter(|token| token.accepts(&presented, now));
        Ok(found.ok_or(invalid)?)
    }
}

/// Counts one more client, and one use of its initial access token.
async fn count_in<S: Store>(
    store: &S,
    tenant: &Tenant,
    token: Option<&InitialAccessToken>,
    now: Timestamp,
) -> Result<Vec<Counter>, Failure> {
    let uses = token.map(|token| Counter {
        key: uses_of(token),
        limit: token.most_uses.map_or(u64::MAX, u64::from),
    });
    let clients = room::dynamic_clients(tenant);
    let counters: Vec<_> = [clients].into_iter().chain(uses).collect();
    match room::count(store, tenant.id, &counters, now).await? {
        None => Ok(counters),
        Some(0) => Err(refusals::DYNAMIC_CLIENTS_FULL.into()),
        Some(_) => Err(refusals::INITIAL_ACCESS_TOKEN_INVALID.into()),
    }
}

/// Returns the operator of a registration: it may write clients, and nothing else.
fn registrant(own: Operator) -> Operator {
    Operator {
        permissions: [Permission::ClientsWrite].into(),
        holder: None,
        ..own
    }
}
