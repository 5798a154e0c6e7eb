//! Client credentials of a request, by the way they were sent.

use crate::client::AuthenticationMethod;
use crate::client::authentication::{Caller, Credential, RegisteredClient};
use crate::evidence::Evidence;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::time::Timestamp;
use alloc::string::String;
use core::fmt;

/// Client credentials of a request, by the way they were sent.
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

impl PresentedProof {
    /// Returns the authentication method.
    #[must_use]
    pub const fn method(&self) -> AuthenticationMethod {
        match self {
            Self::None => AuthenticationMethod::None,
            Self::Basic(_) | Self::BasicAndPost(_) => AuthenticationMethod::ClientSecretBasic,
            Self::Post(_) => AuthenticationMethod::ClientSecretPost,
            Self::Assertion(_) => AuthenticationMethod::PrivateKeyJwt,
        }
    }

    /// Authenticates a client that sent a secret or nothing, if it is registered for that method.
    ///
    /// Refuses an assertion, because this crate has neither its keys nor the `jti` values that were used before. Verify
    /// it, then call [`Assertion::check`](crate::client::assertion::Assertion::check) and
    /// [`RegisteredClient::authenticate`].
    pub fn authenticate<'a>(
        &self,
        client: RegisteredClient<'a>,
        now: Timestamp,
    ) -> Result<Caller<'a>, Refusal> {
        use AuthenticationMethod as By;
        let may = |method| client.client().may_authenticate_by(method);
        let secret = match self {
            Self::None => return client.authenticate(&Credential::None, now),
            Self::Basic(secret) => {
                may(By::ClientSecretBasic)?;
                secret
            }
            Self::Post(secret) => {
                may(By::ClientSecretPost)?;
                secret
            }
            Self::BasicAndPost(secret) => {
                may(By::ClientSecretPost).or_else(|_| may(By::ClientSecretBasic))?;
                secret
            }
            Self::Assertion(_) => {
                let method = Evidence::of(By::PrivateKeyJwt.as_str());
                return Err(Refusal::AuthenticationMethodNotAllowed(method));
            }
        };
        client.authenticate(&Credential::Secret(secret.clone()), now)
    }
}

impl PresentedAssertion {
    /// The `client_assertion_type` of a JWT (RFC 7523 section 2.2).
    pub const JWT_BEARER: &'static str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// Checks `client_assertion_type`.
    pub fn check_kind(&self) -> Result<(), Refusal> {
        if self.kind == Self::JWT_BEARER {
            Ok(())
        } else {
            Err(Refusal::AssertionTypeUnsupported(Evidence::of(&self.kind)))
        }
    }
}

/// Hides the assertion: until it is used, anyone who has it can authenticate with it.
impl fmt::Debug for PresentedAssertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresentedAssertion(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Client;
    use crate::test_facts::{NOW, confidential_client, public_client, secret};
    use alloc::format;

    fn judged(client: &Client, proof: &PresentedProof) -> Result<(), Refusal> {
        let registered = RegisteredClient::from_stored(client);
        proof.authenticate(registered, NOW).map(drop)
    }

    #[test]
    fn client_authenticates_only_by_registered_method() {
        let mut client = confidential_client();
        let both = PresentedProof::BasicAndPost(secret());
        for proof in [
            PresentedProof::Basic(secret()),
            PresentedProof::Post(secret()),
        ] {
            assert_eq!(judged(&client, &proof), Ok(()));
        }
        client.authentication_method = Some(AuthenticationMethod::ClientSecretBasic);
        let by_post = Refusal::AuthenticationMethodNotAllowed(Evidence::of("client_secret_post"));
        assert_eq!(
            judged(&client, &PresentedProof::Post(secret())),
            Err(by_post)
        );
        assert_eq!(judged(&client, &both), Ok(()));
        assert_eq!(judged(&public_client(), &PresentedProof::None), Ok(()));
    }

    #[test]
    fn unverified_assertion_authenticates_no_client() {
        let mut client = confidential_client();
        client.authentication_method = Some(AuthenticationMethod::PrivateKeyJwt);
        let assertion = PresentedAssertion {
            kind: PresentedAssertion::JWT_BEARER.into(),
            text: "e30.e30.".into(),
        };
        assert_eq!(format!("{assertion:?}"), "PresentedAssertion(..)");
        let refused = Refusal::AuthenticationMethodNotAllowed(Evidence::of("private_key_jwt"));
        let proof = PresentedProof::Assertion(assertion);
        assert_eq!(judged(&client, &proof), Err(refused));
    }
}
