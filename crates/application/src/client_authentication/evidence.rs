//! What a request presents for client authentication.

use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;

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
    /// The same secret in the header and in the body.
    BasicAndPost(Secret),
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

    pub(super) fn check_kind(&self) -> Result<(), Refusal> {
        if self.kind == Self::JWT_BEARER {
            Ok(())
        } else {
            Err(Refusal::AssertionTypeUnsupported(Evidence::of(&self.kind)))
        }
    }
}

/// Hides the assertion: until it is used, anyone who has it can authenticate with it.
impl std::fmt::Debug for PresentedAssertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PresentedAssertion(..)")
    }
}
