//! Client authentication (RFC 6749 section 2.3) and the proof of it.

use crate::client::{Client, ClientStatus, ClientType};
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::time::Timestamp;
use core::ops::ControlFlow;

/// What a request brought to prove who sends it. How it came (a header, the body) is the wire's
/// business.
#[derive(Clone, Debug)]
pub enum Credential {
    /// Only the identifier: `none` of RFC 7591 section 2.
    None,
    /// The identifier and a secret.
    Secret(Secret),
}

/// The proof that a client may speak for itself, which every grant demands.
/// [`Client::authenticate`] is the only maker of it.
#[derive(Clone, Copy, Debug)]
pub struct AuthenticatedClient<'a> {
    client: &'a Client,
    secret_name: Option<&'a str>,
}

impl<'a> AuthenticatedClient<'a> {
    /// The client.
    #[must_use]
    pub const fn client(&self) -> &'a Client {
        self.client
    }

    /// The name of the secret that was presented, for a record of its use.
    #[must_use]
    pub const fn secret_name(&self) -> Option<&'a str> {
        self.secret_name
    }

    /// Whether the client is confidential and yet showed no secret: then a code verifier must stand in
    /// for it.
    #[must_use]
    pub(crate) fn owes_a_verifier(&self) -> bool {
        self.client.client_type == ClientType::Confidential && self.secret_name.is_none()
    }

    /// Whether the client showed a secret (RFC 6749 section 4.4 is for such clients alone).
    #[must_use]
    pub(crate) const fn showed_a_secret(&self) -> bool {
        self.secret_name.is_some()
    }
}

impl Client {
    /// Checks a credential against what is registered.
    ///
    /// The status comes after the credential, so that only who knows the secret learns that the
    /// client is disabled.
    pub fn authenticate(
        &self,
        credential: &Credential,
        now: Timestamp,
    ) -> Result<AuthenticatedClient<'_>, Refusal> {
        let secret_name = match (self.client_type, credential) {
            (ClientType::Public, Credential::None) => None,
            (ClientType::Public, Credential::Secret(_)) => return Err(Refusal::SecretUnexpected),
            (ClientType::Confidential, Credential::None) if self.pkce.replaces_secret => None,
            (ClientType::Confidential, Credential::None) => return Err(Refusal::SecretMissing),
            (ClientType::Confidential, Credential::Secret(secret)) => {
                Some(self.check(secret, now)?)
            }
        };
        if self.status != ClientStatus::Active {
            return Err(Refusal::ClientDisabled);
        }
        Ok(AuthenticatedClient {
            client: self,
            secret_name,
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
                    ControlFlow::Continue(Refusal::SecretExpired)
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
mod tests {
    use super::*;
    use crate::client::ClientSecret;
    use crate::test_facts::{NOW, confidential_client, public_client, secret};
    use core::time::Duration;

    #[test]
    fn the_right_secret_is_named_in_the_proof() {
        let client = confidential_client();
        let proof = client
            .authenticate(&Credential::Secret(secret()), NOW)
            .unwrap();
        assert_eq!(proof.secret_name(), Some("first"));
    }

    #[test]
    fn a_wrong_or_missing_secret_is_refused() {
        let client = confidential_client();
        let wrong = Credential::Secret(Secret::new("guess"));
        assert_eq!(
            client.authenticate(&wrong, NOW).err(),
            Some(Refusal::SecretWrong)
        );
        assert_eq!(
            client.authenticate(&Credential::None, NOW).err(),
            Some(Refusal::SecretMissing)
        );
    }

    #[test]
    fn several_secrets_are_live_at_once_until_each_expires() {
        let mut client = confidential_client();
        client.secrets.push(ClientSecret {
            name: "second".into(),
            digest: Secret::new("next").digest(),
            created_at: NOW,
            expires_at: Some(NOW.plus(Duration::from_secs(10))),
            last_used_at: None,
        });
        let next = Credential::Secret(Secret::new("next"));
        assert!(
            client
                .authenticate(&Credential::Secret(secret()), NOW)
                .is_ok()
        );
        assert!(client.authenticate(&next, NOW).is_ok());
        let later = NOW.plus(Duration::from_secs(10));
        assert_eq!(
            client.authenticate(&next, later).err(),
            Some(Refusal::SecretExpired)
        );
        assert!(
            client
                .authenticate(&Credential::Secret(secret()), later)
                .is_ok()
        );
    }

    #[test]
    fn aries_21_suspended_and_inactive_clients_are_refused() {
        for status in [ClientStatus::Suspended, ClientStatus::Inactive] {
            let mut client = confidential_client();
            client.status = status;
            let judged = client.authenticate(&Credential::Secret(secret()), NOW);
            assert_eq!(judged.err(), Some(Refusal::ClientDisabled));
            let guess = client.authenticate(&Credential::Secret(Secret::new("guess")), NOW);
            assert_eq!(guess.err(), Some(Refusal::SecretWrong));
        }
    }

    #[test]
    fn a_public_client_names_itself_and_sends_no_secret() {
        let client = public_client();
        assert!(client.authenticate(&Credential::None, NOW).is_ok());
        let judged = client.authenticate(&Credential::Secret(secret()), NOW);
        assert_eq!(judged.err(), Some(Refusal::SecretUnexpected));
    }

    #[test]
    fn a_confidential_client_may_leave_its_secret_out_only_by_policy() {
        let mut client = confidential_client();
        client.pkce.replaces_secret = true;
        assert!(
            client
                .authenticate(&Credential::None, NOW)
                .unwrap()
                .owes_a_verifier()
        );
    }
}
