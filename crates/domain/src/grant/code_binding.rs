//! Parameters that bind an authorization code to its request.

use crate::client::redirect_uri::RedirectUri;
use crate::grant::pkce::CodeChallenge;
use alloc::string::String;

/// Parameters of the authorization request that an authorization code is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeBinding {
    /// `redirect_uri`. The token request must repeat it.
    pub redirect_uri: RedirectUri,
    /// Code challenge that the code verifier must match (RFC 7636).
    pub challenge: Option<CodeChallenge>,
    /// `nonce` to repeat in the ID token (OpenID Connect Core section 3.1.2.1).
    pub nonce: Option<String>,
}
