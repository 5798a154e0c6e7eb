//! Authorization requests, from their parameters to a code.

use crate::clients::Clients;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::sessions::LiveSession;
use countersign_domain::audit::event::Action;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::authorize::demands::{DemandParameters, Demands};
use countersign_domain::authorize::{AuthorizationRequest, RequestedGrant, ResourceOwner};
use countersign_domain::client::Client;
use countersign_domain::client::authentication::RegisteredClient;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;
use countersign_domain::tenant::Tenant;
use countersign_ports::names::ACR_NAMES;
use countersign_ports::{AuthorizationCodeCodec, Clock, Entropy, Store, TokenVerifier};
use std::sync::Arc;

/// Client of a request whose redirect URI is registered. Responses may go there.
#[derive(Clone, Debug)]
pub struct RequestingClient {
    /// Client.
    pub client: Arc<Client>,
    /// Redirect URI of the request, registered for the client.
    pub redirect_uri: RedirectUri,
}

/// Validated authorization request.
#[derive(Clone, Debug)]
pub struct ValidRequest {
    /// Client.
    pub client: Arc<Client>,
    /// Access and code binding that the client requests.
    pub requested: RequestedGrant,
    /// Scope that requires the consent of the resource owner.
    pub to_agree_to: Scope,
    /// Demands on sign-in and consent.
    pub demands: Demands,
}

/// Use cases of the authorization endpoint.
pub struct Authorizations<S> {
    /// Consents and passkeys.
    pub store: Arc<S>,
    /// Registered clients.
    pub clients: Arc<Clients<S>>,
    /// Verifies ID token hints.
    pub verifier: Arc<dyn TokenVerifier>,
    /// Seals codes.
    pub codes: Arc<dyn AuthorizationCodeCodec>,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Source of randomness for grant IDs.
    pub entropy: Arc<dyn Entropy>,
}

impl<S: Store> Authorizations<S> {
    /// Returns the client of a request and checks the redirect URI. Until this succeeds, the server must not redirect
    /// (RFC 6749 section 4.1.2.1).
    pub async fn requesting_client(
        &self,
        tenant: &Tenant,
        client_id: &str,
        redirect_uri: &str,
    ) -> Result<RequestingClient, Failure> {
        let client = self.clients.registered(tenant, client_id).await?;
        let redirect_uri = client.registered_redirect_uri(redirect_uri)?;
        client.check_active()?;
        Ok(RequestingClient {
            client,
            redirect_uri,
        })
    }

    /// Validates the rest of the request. Both `id_token_hint` and a `sub` value in `claims` can name the subject. If
    /// both are present, they must match.
    pub fn judge(
        &self,
        tenant: &Tenant,
        asking: &RequestingClient,
        request: &AuthorizationRequest<'_>,
        demands: &DemandParameters<'_>,
        id_token_hint: Option<&str>,
    ) -> Result<ValidRequest, Refusal> {
        let client = RegisteredClient::from_stored(&asking.client);
        let requested = client.judge(request, tenant.settings.requests)?;
        let hinted = id_token_hint
            .map(|hint| self.hinted(tenant, &asking.client, hint))
            .transpose()?;
        let hinted = hinted.as_ref().map(Subject::as_str);
        if let (Some(hinted), Some(wanted)) = (hinted, demands.subject)
            && hinted != wanted
        {
            return Err(Refusal::LoginRequired);
        }
        let demands = Demands::judge(
            &DemandParameters {
                subject: demands.subject.or(hinted),
                ..*demands
            },
            ACR_NAMES,
        )?;
        Ok(ValidRequest {
            client: asking.client.clone(),
            to_agree_to: requested.to_agree_to()?,
            requested,
            demands,
        })
    }

    /// Stores the user's consent to scope of a client, in addition to earlier consents for the client.
    pub async fn agree(
        &self,
        tenant: &Tenant,
        (client, wanted): (&Client, &Scope),
        live: &LiveSession,
    ) -> Result<(), Failure> {
        let before = self.store.find_consent(tenant.id, live.user.id, &client.id);
        let before = before.await?;
        // If the combined scope is too long, store only the requested scope.
        let scope = before
            .filter(|before| client.honors(before))
            .map(|before| before.scope)
            .and_then(|scope| Scope::parse(&format!("{scope} {wanted}")).ok())
            .unwrap_or_else(|| wanted.clone());
        let consent = Consent {
            user: live.user.id,
            client: client.id.clone(),
            scope,
            given_at: self.clock.now(),
        };
        self.store.put_consent(tenant.id, &consent).await?;
        let scope = consent.scope.to_string();
        let facts = [("client", client.id.as_str()), ("scope", &scope)];
        let session = Some(live.session.id);
        CurrentRequest::note_event(Action::USER_CONSENTED, live.user.id, session, &facts);
        Ok(())
    }

    fn hinted(&self, tenant: &Tenant, client: &Client, hint: &str) -> Result<Subject, Refusal> {
        let token = self.own_id_token(tenant, hint)?;
        if token.client == client.id {
            Ok(token.subject)
        } else {
            Err(Refusal::IdTokenHintUnknown)
        }
    }

    /// Returns a sealed code for the user of a session. The server does not store the code until it is redeemed.
    #[must_use]
    pub fn code(&self, tenant: &Tenant, request: &ValidRequest, live: &LiveSession) -> String {
        let now = self.clock.now();
        let grant = GrantId::from_bytes(self.entropy.time_ordered_id());
        let owner = ResourceOwner {
            subject: live.user.id.into(),
            authentication: live.session.authentication,
            session: Some(live.session.id),
            password: None,
        };
        let lifetimes = &tenant.settings.lifetimes;
        let code = request.requested.code(grant, owner, lifetimes, now);
        self.codes.seal(tenant.id, &code)
    }
}
