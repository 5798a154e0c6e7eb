//! Client authentication (RFC 6749 section 2.3, RFC 7523 section 2.2).

use crate::client::assertion::CheckedAssertion;
use crate::client::registration::InvalidRegistration;
use crate::client::{AuthenticationMethod, Client, ClientType};
use crate::evidence::Evidence;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::time::Timestamp;
use core::ops::ControlFlow;

/// Client credentials of a request, wherever the request carried them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credential {
    /// No credentials: the request has only `client_id`. This is the method `none` (RFC 7591 section 2) of a public
    /// client.
    None,
    /// Client secret.
    Secret(Secret),
    /// Checked client assertion.
    Assertion(CheckedAssertion),
}

/// Client whose registration is valid. Only such a client may authenticate and request authorization.
///
/// It comes from [`Client::registered`], which checks the registration, or from the store by
/// [`RegisteredClient::from_stored`]:
///
/// ```compile_fail,E0599
/// # use countersign_domain::client::Client;
/// # use countersign_domain::client::authentication::{Caller, Credential};
/// # use countersign_domain::time::Timestamp;
/// fn unchecked<'a>(client: &'a Client, now: Timestamp) -> Caller<'a> {
///     client.authenticate(&Credential::None, now).unwrap()
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RegisteredClient<'a>(&'a Client);

impl<'a> RegisteredClient<'a> {
    /// Wraps a client that the store returned. Its registration is not checked again, so newer rules do not lock it
    /// out.
    #[must_use]
    pub const fn from_stored(client: &'a Client) -> Self {
        Self(client)
    }

    /// Returns the client.
    #[must_use]
    pub const fn client(&self) -> &'a Client {
        self.0
    }

    /// Checks a credential against the registration, then the client status.
    ///
    /// The status comes last, so that only a caller with valid credentials learns that the client is disabled.
    pub fn authenticate(
        self,
        credential: &Credential,
        now: Timestamp,
    ) -> Result<Caller<'a>, Refusal> {
        let client = self.0;
        let proof = match (client.client_type, credential) {
            (ClientType::Public, Credential::None) => Proof::Nothing,
            (ClientType::Public, Credential::Secret(_) | Credential::Assertion(_)) => {
                return Err(Refusal::SecretUnexpected);
            }
            (ClientType::Confidential, Credential::None) if client.pkce.replaces_secret => {
                Proof::Nothing
            }
            (ClientType::Confidential, Credential::None) => return Err(Refusal::SecretMissing),
            (ClientType::Confidential, Credential::Secret(secret)) => {
                client.check_uses_secret()?;
                Proof::Secret(client.check(secret, now)?)
            }
            (ClientType::Confidential, Credential::Assertion(assertion)) => {
                if assertion.client != client.id {
                    let other = Evidence::of(&assertion.client);
                    return Err(Refusal::AssertionOfAnotherClient(other));
                }
                Proof::Assertion
            }
        };
        client.check_active()?;
        Ok(Caller { client, proof })
    }

    /// Returns the client as authenticated by a custom method. **This function cannot verify the proof of the client:
    /// the server must have done so before.** Review every call.
    ///
    /// Refuses a method that this crate verifies, a method that is not the registered one, and a public client. Then
    /// checks the client status.
    pub fn assume_authenticated_by(
        self,
        method: AuthenticationMethod,
    ) -> Result<Caller<'a>, Refusal> {
        let client = self.0;
        if client.client_type == ClientType::Public {
            return Err(Refusal::SecretUnexpected);
        }
        if !matches!(method, AuthenticationMethod::Custom(_)) {
            let evidence = Evidence::of(method.as_str());
            return Err(Refusal::AuthenticationMethodNotAllowed(evidence));
        }
        client.may_authenticate_by(method)?;
        client.check_active()?;
        let proof = Proof::Custom;
        Ok(Caller { client, proof })
    }
}

impl Client {
    /// Checks the registration of a new or changed client. Returns the first broken rule.
    pub fn registered(&self) -> Result<RegisteredClient<'_>, InvalidRegistration> {
        self.check_registration()?;
        Ok(RegisteredClient(self))
    }
}

/// Authenticated client, or a public client that sent only its identifier. Every grant type requires it.
///
/// It comes from [`RegisteredClient::authenticate`], or from [`RegisteredClient::assume_authenticated_by`] for a custom
/// method. A client gets no tokens without one of these calls:
///
/// ```compile_fail,E0308
/// # use countersign_domain::client::authentication::{Caller, RegisteredClient};
/// fn not_authenticated<'a>(client: RegisteredClient<'a>) -> Caller<'a> {
///     client
/// }
/// ```
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
    Custom,
}

impl<'a> Caller<'a> {
    /// Returns the client.
    #[must_use]
    pub const fn client(&self) -> &'a Client {
        self.client
    }

    /// Returns the name of the presented secret, to record its use.
    #[must_use]
    pub const fn secret_name(&self) -> Option<&'a str> {
        match self.proof {
            Proof::Secret(name) => Some(name),
            Proof::Nothing | Proof::Assertion | Proof::Custom => None,
        }
    }

    /// Returns whether the client is confidential but sent no credentials. It then needs a code verifier instead.
    #[must_use]
    pub(crate) fn owes_a_verifier(&self) -> bool {
        self.client.client_type == ClientType::Confidential && !self.is_authenticated()
    }

    /// Returns whether the client sent valid credentials.
    #[must_use]
    pub(crate) fn is_authenticated(&self) -> bool {
        self.proof != Proof::Nothing
    }

    /// Checks that the client sent valid credentials.
    pub(crate) fn check_authenticated(&self) -> Result<(), Refusal> {
        if self.is_authenticated() {
            Ok(())
        } else {
            Err(Refusal::SecretMissing)
        }
    }
}

impl Client {
    /// Checks that the client may use this authentication method.
    pub fn may_authenticate_by(&self, method: AuthenticationMethod) -> Result<(), Refusal> {
        use AuthenticationMethod as By;
        let is_allowed = match self.authentication_method {
            // `authenticate` decides whether a client may omit its secret.
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

    /// Checks that the client is not registered for a method without a secret. A leaked secret of such a client is
    /// worthless.
    fn check_uses_secret(&self) -> Result<(), Refusal> {
        use AuthenticationMethod as By;
        match self.authentication_method {
            Some(By::PrivateKeyJwt | By::Custom(_)) => {
                let evidence = Evidence::of("client_secret");
                Err(Refusal::AuthenticationMethodNotAllowed(evidence))
            }
            Some(By::None | By::ClientSecretBasic | By::ClientSecretPost) | None => Ok(()),
        }
    }

    /// Returns the name of the matching secret. If the same secret is registered twice, one that has not expired wins.
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
