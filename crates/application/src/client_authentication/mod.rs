//! Client authentication (RFC 6749 section 2.3), for every endpoint that clients call. Each method has a file of its
//! own; [`ClientAuthentication::authenticate`] is the table of them.

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

/// What a request brought to prove which client sends it, free of its wire format.
#[derive(Clone, Debug)]
pub struct ClientEvidence {
    /// `client_id`. It may be absent where an assertion names the client (RFC 7521 section 4.2).
    pub client_id: Option<String>,
    /// Proof, and how it came.
    pub proof: PresentedProof,
    /// Path of the endpoint below the issuer, such as `/oauth2/token`. An assertion may name its URL as the audience.
    pub endpoint: &'static str,
}

/// What a request brought beside the identifier of its client.
#[derive(Clone, Debug)]
pub enum PresentedProof {
    /// Nothing.
    None,
    /// A secret in the `Authorization` header.
    Basic(Secret),
    /// A secret in the body.
    Post(Secret),
    /// A client assertion (RFC 7521 section 4.2).
    Assertion(PresentedAssertion),
}

/// A client assertion as it came.
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

/// The assertion authenticates its holder until it is used.
impl std::fmt::Debug for PresentedAssertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PresentedAssertion(..)")
    }
}

/// Authenticates clients.
pub struct ClientAuthentication<S> {
    /// Remembers assertions that were used.
    pub store: Arc<S>,
    /// Registered clients.
    pub clients: Arc<Clients<S>>,
    /// Uses of client secrets.
    pub secret_uses: Arc<SecretUses>,
    /// Verifies assertions.
    pub assertions: Arc<dyn Assertions>,
}

impl<S: Store> ClientAuthentication<S> {
    /// Finds the client that a request says it comes from. Nothing is proved by this.
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

    /// Authenticates a client by the method that the evidence belongs to. Only an assertion needs the store; the other
    /// methods wait for nothing.
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
                // Boxed, or the future of every request would be as large as this one.
                Box::pin(private_key_jwt::authenticate(self, request)).await?
            }
        };
        if let Some(secret) = caller.secret_name() {
            self.secret_uses.note(tenant.id, &client.id, secret, now);
        }
        Ok(caller)
    }
}
