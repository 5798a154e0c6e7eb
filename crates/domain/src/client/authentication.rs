//! Client authentication (RFC 6749 section 2.3, RFC 7523 section 2.2) and the proof of it.

use crate::client::assertion::CheckedAssertion;
use crate::client::{Client, ClientType};
use crate::evidence::Evidence;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::time::Timestamp;
use alloc::string::String;
use core::fmt;
use core::ops::ControlFlow;

/// How a client proves who it is: `token_endpoint_auth_method` (RFC 7591 section 2, OpenID Connect Core section 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuthenticationMethod {
    /// The client only names itself.
    None,
    /// The secret in the `Authorization` header (RFC 6749 section 2.3.1).
    ClientSecretBasic,
    /// The secret in the body.
    ClientSecretPost,
    /// A JWT that the client signed with its private key (RFC 7523 section 2.2).
    PrivateKeyJwt,
}
crate::wire_names!(AuthenticationMethod {
    None = "none",
    ClientSecretBasic = "client_secret_basic",
    ClientSecretPost = "client_secret_post",
    PrivateKeyJwt = "private_key_jwt",
});

/// The public keys of a client: the text of a JWK Set (RFC 7517 section 5), which the verifier of assertions parses.
#[derive(Clone, PartialEq, Eq)]
pub struct Jwks(String);

impl Jwks {
    /// The longest key set, in bytes.
    pub const MAX_LENGTH: usize = 16_384;

    /// Keeps the text of a JWK Set that has been parsed once.
    pub fn new(json: impl Into<String>) -> Self {
        Self(json.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Jwks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jwks({} bytes)", self.0.len())
    }
}

/// What a request brought to prove who sends it. How it came (a header, the body) is the wire's
/// business.
#[derive(Clone, Debug)]
pub enum Credential {
    /// Only the identifier: `none` of RFC 7591 section 2.
    None,
    /// The identifier and a secret.
    Secret(Secret),
    /// A client assertion that was checked.
    Assertion(CheckedAssertion),
}

/// The proof that a client may speak for itself, which every grant demands.
/// [`Client::authenticate`] is the only maker of it.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    client: &'a Client,
    proof: Proof<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof<'a> {
    Nothing,
    Secret(&'a str),
    Assertion,
}

impl<'a> Caller<'a> {
    /// The client.
    #[must_use]
    pub const fn client(&self) -> &'a Client {
        self.client
    }

    /// The name of the secret that was presented, for a record of its use.
    #[must_use]
    pub const fn secret_name(&self) -> Option<&'a str> {
        match self.proof {
            Proof::Secret(name) => Some(name),
            Proof::Nothing | Proof::Assertion => None,
        }
    }

    /// Whether the client is confidential and yet proved nothing: then a code verifier must stand in
    /// for its credentials.
    #[must_use]
    pub(crate) fn owes_a_verifier(&self) -> bool {
        self.client.client_type == ClientType::Confidential && !self.is_authenticated()
    }

    /// Whether the client proved who it is (RFC 6749 section 4.4 is for such clients alone).
    #[must_use]
    pub(crate) fn is_authenticated(&self) -> bool {
        self.proof != Proof::Nothing
    }
}

impl Client {
    /// Whether the client may authenticate by this method.
    pub fn may_authenticate_by(&self, method: AuthenticationMethod) -> Result<(), Refusal> {
        use AuthenticationMethod as By;
        let is_allowed = match self.authentication_method {
            // Leaving the secret out is a matter of the PKCE policy, which `authenticate` applies.
            _ if method == By::None => true,
            Some(registered) => registered == method,
            None => matches!(method, By::ClientSecretBasic | By::ClientSecretPost),
        };
        if is_allowed {
            Ok(())
        } else {
            let evidence = Evidence::of(method.as_str());
            Err(Refusal::AuthenticationMethodNotAllowed(evidence))
        }
    }

    /// Checks a credential against what is registered.
    ///
    /// The status comes after the credential, so that only a caller with the credential learns that the
    /// client is disabled.
    pub fn authenticate<'a>(
        &'a self,
        credential: &Credential,
        now: Timestamp,
    ) -> Result<Caller<'a>, Refusal> {
        let proof = match (self.client_type, credential) {
            (ClientType::Public, Credential::None) => Proof::Nothing,
            (ClientType::Public, Credential::Secret(_) | Credential::Assertion(_)) => {
                return Err(Refusal::SecretUnexpected);
            }
            (ClientType::Confidential, Credential::None) if self.pkce.replaces_secret => {
                Proof::Nothing
            }
            (ClientType::Confidential, Credential::None) => return Err(Refusal::SecretMissing),
            (ClientType::Confidential, Credential::Secret(secret)) => {
                Proof::Secret(self.check(secret, now)?)
            }
            (ClientType::Confidential, Credential::Assertion(assertion)) => {
                if assertion.client != self.id {
                    let other = Evidence::of(&assertion.client);
                    return Err(Refusal::AssertionOfAnotherClient(other));
                }
                Proof::Assertion
            }
        };
        self.check_active()?;
        Ok(Caller {
            client: self,
            proof,
        })
    }

    /// A secret that is live wins over the same one registered again as expired.
    fn check(&self, secret: &Secret, now: Timestamp) -> Result<&str, Refusal> {
        let presented = secret.digest();
        let judged = self
            .secrets
            .iter()
            .filter(|own| own.digest.is(&presented))
            .try_fold(Refusal::SecretWrong, |_, own| match own.expires_at {
                Some(expires_at) if expires_at.has_passed(now) => {
                    ControlFlow::Continue(Refusal::SecretExpired(Evidence::of(&own.name)))
                }
                _ => ControlFlow::Break(own.name.as_str()),
            });
        match judged {
            ControlFlow::Break(name) => Ok(name),
            ControlFlow::Continue(refusal) => Err(refusal),
        }
    }
}

#[cfg(test)]
mod tests;
