//! API keys of machine clients, in the form of Aero2.
//!
//! A key has two parts. The publishable key names the client and authorizes nothing. The secret key authenticates the
//! client at the API of Aero2, and nowhere else.

pub(crate) mod key;

use crate::client::registration::InvalidRegistration;
use crate::client::{Client, ClientStatus, ClientType};
use crate::secret::Secret;
use crate::time::Timestamp;
use alloc::format;
use alloc::string::String;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use core::time::Duration;
use key::ApiKey;

impl Client {
    /// How long a secret key remains valid after its rotation.
    pub const API_KEY_GRACE: Duration = Duration::from_secs(24 * 60 * 60);

    /// Returns the publishable key: the encoded client ID.
    #[must_use]
    pub fn publishable_key(&self) -> String {
        let id = Base64UrlUnpadded::encode_string(self.id.as_str().as_bytes());
        format!("pk_live_{id}")
    }

    /// Adds a secret key. Earlier ones expire after [`Client::API_KEY_GRACE`].
    pub fn rotate_api_key(
        &mut self,
        secret: &Secret,
        now: Timestamp,
    ) -> Result<(), InvalidRegistration> {
        if self.client_type == ClientType::Public {
            return Err(InvalidRegistration::PublicSecret);
        }
        self.api_keys.retain(|key| key.is_valid(now));
        if self.api_keys.len() >= Self::MAX_SECRETS {
            return Err(InvalidRegistration::TooManySecrets);
        }
        let end = now.plus(Self::API_KEY_GRACE);
        for key in &mut self.api_keys {
            key.expires_at.get_or_insert(end);
        }
        self.api_keys.push(ApiKey {
            digest: secret.digest(),
            created_at: now,
            expires_at: None,
        });
        Ok(())
    }

    /// Returns whether an active client has this secret key.
    #[must_use]
    pub fn has_api_key(&self, secret: &Secret, now: Timestamp) -> bool {
        let digest = secret.digest();
        let mut valid = self.api_keys.iter().filter(|key| key.is_valid(now));
        self.status == ClientStatus::Active && valid.any(|key| key.digest.is(&digest))
    }
}

#[cfg(test)]
mod tests {
    use super::key::PresentedApiKey;
    use super::*;
    use crate::test_facts::{NOW, confidential_client, public_client};

    fn secret(number: usize) -> Secret {
        Secret::new(format!("secret {number}"))
    }

    #[test]
    fn rotated_key_is_valid_for_another_day() {
        let mut client = confidential_client();
        client.rotate_api_key(&secret(1), NOW).unwrap();
        assert!(client.has_api_key(&secret(1), NOW.plus(Duration::from_secs(1_000_000))));
        let rotated = NOW.plus(Duration::from_secs(60));
        client.rotate_api_key(&secret(2), rotated).unwrap();
        let last = rotated.plus(Client::API_KEY_GRACE);
        let after = last.plus(Duration::from_secs(1));
        for (now, old) in [(rotated, true), (last, false), (after, false)] {
            assert_eq!(client.has_api_key(&secret(1), now), old, "{now:?}");
            assert!(client.has_api_key(&secret(2), now));
        }
        assert!(!client.has_api_key(&secret(3), rotated));
        client.status = ClientStatus::Suspended;
        assert!(!client.has_api_key(&secret(2), rotated));
    }

    #[test]
    fn number_of_keys_is_limited_and_expired_ones_are_removed() {
        let mut client = confidential_client();
        for number in 0..Client::MAX_SECRETS {
            client.rotate_api_key(&secret(number), NOW).unwrap();
        }
        let refused = client.rotate_api_key(&secret(99), NOW);
        assert_eq!(refused, Err(InvalidRegistration::TooManySecrets));
        let later = NOW.plus(Client::API_KEY_GRACE).plus(Duration::from_secs(1));
        client.rotate_api_key(&secret(99), later).unwrap();
        assert_eq!(client.api_keys.len(), 2);
        let refused = public_client().rotate_api_key(&secret(1), NOW);
        assert_eq!(refused, Err(InvalidRegistration::PublicSecret));
    }

    #[test]
    fn secret_key_parses_and_publishable_key_does_not() {
        let client = confidential_client();
        let key = PresentedApiKey {
            client: client.id.clone(),
            secret: secret(1),
        };
        let text = key.text();
        let parsed = PresentedApiKey::parse(text.expose_secret()).unwrap();
        assert_eq!(parsed.client, client.id);
        assert!(parsed.secret.digest().is(&secret(1).digest()));
        let public = client.publishable_key();
        assert!(public.starts_with("pk_live_"));
        for text in [
            &public,
            "",
            "sk_live_",
            "sk_live_a.",
            "sk_live_*.b",
            "eyJ.a.b",
        ] {
            assert!(PresentedApiKey::parse(text).is_none(), "{text}");
        }
    }
}
