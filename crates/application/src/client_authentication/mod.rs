//! Client authentication (RFC 6749 section 2.3) for all endpoints that clients call. Each method has its own module;
//! [`ClientAuthentication::authenticate`] selects one.

mod client_secret_basic;
mod client_secret_post;
mod none;
mod private_key_jwt;

use crate::clients::Clients;
use crate::failure::Failure;
use crate::secret_uses::SecretUses;
use countersign_domain::client::Client;
use countersign_domain::client::authentication::Caller;
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::{Assertions, Store};
use std::sync::Arc;

/// Client identifier and credentials of a request, independent of the wire format.
#[derive(Clone, Debug)]
pub struct ClientEvidence {
    /// `client_id`. May be absent if an assertion names the client (RFC 7521 section 4.2).
    pub client_id: Option<String>,
    /// Credentials, by the way they were sent.
    pub proof: PresentedProof,
    /// Path of the endpoint below the issuer, such as `/oauth2/token`. An assertion may have its URL as audience.
    pub endpoint: &'static str,
}

/// Client credentials of a request.
#[derive(Clone, Debug)]
pub enum PresentedProof {
    /// No credentials.
    None,
    /// A secret in the `Authorization` header.
    Basic(Secret),
    /// A secret in the body.
    Post(Secret),
    /// A client assertion (RFC 7521 section 4.2).
    Assertion(PresentedAssertion),
}

/// Client assertion from a request, not yet validated.
#[derive(Clone)]
pub struct PresentedAssertion {
    /// `client_assertion_type`.
    pub kind: String,
    /// `client_assertion`.
    pub text: String,
}

impl PresentedAssertion {
    /// The `client_assertion_type` of a JWT (RFC 7523 section 2.2).
    pub const JWT_BEARER: &'static str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    fn check_kind(&self) -> Result<(), Refusal> {
        if self.kind == Self::JWT_BEARER {
            Ok(())
        } else {
            let kind = format_args!("client_assertion_type {}", self.kind);
            Err(Refusal::AssertionInvalid(Evidence::of(kind)))
        }
    }
}

/// Hides the assertion: until it is used, anyone who has it can authenticate with it.
impl std::fmt::Debug for PresentedAssertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PresentedAssertion(..)")
    }
}

/// Client authentication.
pub struct ClientAuthentication<S> {
    /// Records used assertions.
    pub store: Arc<S>,
    /// Registered clients.
    pub clients: Arc<Clients<S>>,
    /// Records uses of client secrets.
    pub secret_uses: Arc<SecretUses>,
    /// Verifies assertions.
    pub assertions: Arc<dyn Assertions>,
}

impl<S: Store> ClientAuthentication<S> {
    /// Finds the client that a request names. Does not authenticate it.
    pub async fn identify(
        &self,
        tenant: &Tenant,
        evidence: &ClientEvidence,
    ) -> Result<Arc<Client>, Failure> {
        let id = evidence.client_id.as_deref();
        let PresentedProof::Assertion(assertion) = &evidence.proof else {
            return self
                .clients
                .registered(tenant, id.unwrap_or_default())
                .await;
        };
        assertion.check_kind()?;
        let claimed = self.assertions.claimed_client(&assertion.text);
        match (id, &claimed) {
            (Some(id), Some(claimed)) if id != claimed => {
                Err(Refusal::AssertionOfAnotherClient(Evidence::of(claimed)).into())
            }
            (Some(id), _) => self.clients.registered(tenant, id).await,
            (None, Some(claimed)) => self.clients.registered(tenant, claimed).await,
            (None, None) => Err(Refusal::AssertionInvalid(Evidence::of("no sub")).into()),
        }
    }

    /// Authenticates a client with the method that matches its credentials. Only an assertion needs the store; the
    /// other methods never wait.
    pub async fn authenticate<'a>(
        &self,
        tenant: &Tenant,
        client: &'a Client,
        evidence: &ClientEvidence,
        now: Timestamp,
    ) -> Result<Caller<'a>, Failure> {
        let caller = match &evidence.proof {
            PresentedProof::None => none::authenticate(client, now)?,
            PresentedProof::Basic(secret) => {
                client_secret_basic::authenticate(client, secret, now)?
            }
            PresentedProof::Post(secret) => client_secret_post::authenticate(client, secret, now)?,
            PresentedProof::Assertion(assertion) => {
                let request = private_key_jwt::Request {
                    tenant,
                    client,
                    assertion,
                    endpoint: evidence.endpoint,
                    now,
                };
                // Boxed, because otherwise the future of every request would be as large as this one.
                Box::pin(private_key_jwt::authenticate(self, request)).await?
            }
        };
        if let Some(secret) = caller.secret_name() {
            self.secret_uses.note(tenant.id, &client.id, secret, now);
        }
        Ok(caller)
    }
}
