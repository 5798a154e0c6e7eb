//! What a request presents for client authentication.

use crate::current_request::CurrentRequest;
use countersign_domain::client::presented::PresentedProof;

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

impl ClientEvidence {
    /// Notes the authentication method of a request that is refused.
    pub fn note(&self) {
        let method = self.proof.method();
        CurrentRequest::note_fact("client_authentication", method.as_str());
    }
}
