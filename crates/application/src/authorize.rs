//! An authorization request, from its parameters to a code.

use crate::clients::Clients;
use crate::failure::Failure;
use crate::sessions::LiveSession;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::authorize::demands::{DemandParameters, Demands};
use countersign_domain::authorize::{AuthorizationRequest, RequestedGrant};
use countersign_domain::client::Client;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::authorization::Authorization;
use countersign_domain::grant::authorization_code::AuthorizationCode;
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;
use countersign_domain::tenant::Tenant;
use countersign_ports::{AuthorizationCodeCodec, Clock, Entropy, Store, TokenVerifier};
use std::sync::Arc;

/// The client that sent a request, once it is known that answers may go there.
#[derive(Clone, Debug)]
pub struct RequestingClient {
    /// The client.
    pub client: Arc<Client>,
    /// Redirect URI of the request, which is the client's own.
    pub redirect_uri: RedirectUri,
}

/// A valid request, which the resource owner may grant.
#[derive(Clone, Debug)]
pub struct ValidRequest {
    /// The client.
    pub client: Arc<Client>,
    /// What it asks for.
    pub requested: RequestedGrant,
    /// Scope that the resource owner is to consent to.
    pub to_agree_to: Scope,
    /// Demands on sign-in and consent.
    pub demands: Demands,
}

/// The use cases of the authorization endpoint.
pub struct Authorizations<S> {
    /// Consents and passkeys.
    pub store: Arc<S>,
    /// Registered clients.
    pub clients: Arc<Clients<S>>,
    /// Reads ID tokens that come back as hints.
    pub verifier: Arc<dyn TokenVerifier>,
    /// Seals codes.
    pub codes: Arc<dyn AuthorizationCodeCodec>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers of grants.
    pub entropy: Arc<dyn Entropy>,
}

impl<S: Store> Authorizations<S> {
    /// Finds the client of a request. Until this has an answer, nothing may be sent to the redirect URI (RFC 6749 section 4.1.2.1).
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

    /// Judges the rest of the request. An `id_token_hint` says which subject is meant, as does the value of a `sub`
    /// that was asked for in `claims`; if both do, they have to agree.
    pub fn judge(
        &self,
        tenant: &Tenant,
        asking: &RequestingClient,
        request: &AuthorizationRequest<'_>,
        demands: &DemandParameters<'_>,
        id_token_hint: Option<&str>,
    ) -> Result<ValidRequest, Refusal> {
        let requested = asking.client.judge(request)?;
        let hinted = id_token_hint
            .map(|hint| self.hinted(tenant, &asking.client, hint))
            .transpose()?;
        let hinted = hinted.as_ref().map(Subject::as_str);
        if let (Some(hinted), Some(wanted)) = (hinted, demands.subject)
            && hinted != wanted
        {
            return Err(Refusal::LoginRequired);
        }
        let demands = Demands::judge(&DemandParameters {
            subject: demands.subject.or(hinted),
            ..*demands
        })?;
        Ok(ValidRequest {
            client: asking.client.clone(),
            to_agree_to: requested.to_agree_to()?,
            requested,
            demands,
        })
    }

    /// Stores that the user of a session consents to a request, beside what they consented to before.
    pub async fn agree(
        &self,
        tenant: &Tenant,
        request: &ValidRequest,
        live: &LiveSession,
    ) -> Result<(), Failure> {
        let client = &request.client.id;
        let before = self.store.find_consent(tenant.id, live.user.id, client);
        let before = before.await?;
        let wanted = &request.to_agree_to;
        // A scope that would be too long together is remembered alone.
        let scope = before
            .map(|before| before.scope)
            .and_then(|scope| Scope::parse(&format!("{scope} {wanted}")).ok())
            .unwrap_or_else(|| wanted.clone());
        let consent = Consent {
            user: live.user.id,
            client: client.clone(),
            scope,
            given_at: self.clock.now(),
        };
        Ok(self.store.put_consent(tenant.id, &consent).await?)
    }

    fn hinted(&self, tenant: &Tenant, client: &Client, hint: &str) -> Result<Subject, Refusal> {
        let token = self.own_id_token(tenant, hint)?;
        if token.client == client.id {
            Ok(token.subject)
        } else {
            Err(Refusal::IdTokenHintUnknown)
        }
    }

    /// Issues a code for the user of a session. It is sealed, and stored nowhere until it is redeemed.
    #[must_use]
    pub fn code(&self, tenant: &Tenant, request: &ValidRequest, live: &LiveSession) -> String {
        let now = self.clock.now();
        let RequestedGrant { access, binding } = &request.requested;
        let code = AuthorizationCode {
            grant: GrantId::from_bytes(self.entropy.time_ordered_id()),
            authorization: Authorization {
                access: access.clone(),
                subject: live.user.id.into(),
                authentication: live.session.authentication,
                session: Some(live.session.id),
                bound_to_verifier: binding.challenge.is_some(),
            },
            binding: binding.clone(),
            password: None,
            expires_at: now.plus(tenant.settings.lifetimes.authorization_code),
        };
        self.codes.seal(tenant.id, &code)
    }
}
