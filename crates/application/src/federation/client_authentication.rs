//! Authentication of this server at the token endpoint of a provider.

use super::Federation;
use crate::app::App;
use crate::failure::Failure;
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use countersign_domain::client::ClientId;
use countersign_domain::federation::protocol::UpstreamAuthentication;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::federation::url::UpstreamUrl;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_ports::{ClientAssertion, Document, Signer as _};
use std::fmt::Write as _;
use std::time::Duration;

/// `client_assertion_type` of a JWT (RFC 7523 section 2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

impl<A: App> Federation<A> {
    /// Lifetime of an assertion.
    const ASSERTION_LIFETIME: Duration = Duration::from_secs(60);

    /// Adds the credentials to a form, or returns the value of the `Authorization` header.
    pub(super) async fn authenticate(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
        endpoint: &UpstreamUrl,
        form: &mut Vec<(&'static str, String)>,
    ) -> Result<Option<Secret>, Failure> {
        let id = &provider.client_id;
        match provider.authentication {
            UpstreamAuthentication::ClientSecretBasic => {
                let secret = self.client_secret(tenant, provider)?;
                // RFC 6749 section 2.3.1.
                let pair = format!("{}:{}", encoded(id), encoded(secret.expose_secret()));
                let value = format!("Basic {}", Base64::encode_string(pair.as_bytes()));
                return Ok(Some(Secret::new(value)));
            }
            UpstreamAuthentication::ClientSecretPost => {
                let secret = self.client_secret(tenant, provider)?;
                form.push(("client_secret", secret.expose_secret().to_owned()));
            }
            UpstreamAuthentication::PrivateKeyJwt => {
                let assertion = self.assertion(tenant, provider, endpoint).await?;
                form.push(("client_assertion_type", JWT_BEARER.to_owned()));
                form.push(("client_assertion", assertion));
            }
            _ => {}
        }
        form.push(("client_id", id.clone()));
        Ok(None)
    }

    fn client_secret(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
    ) -> Result<Secret, Failure> {
        let Some(secret) = &provider.secret else {
            return Ok(Secret::new(String::new()));
        };
        let context = UpstreamProvider::secret_context(&provider.name);
        let opened = self.vault.unseal(tenant.id, &context, &secret.sealed);
        let opened = opened.and_then(|opened| String::from_utf8(opened).ok());
        opened.map(Secret::new).ok_or(Failure::Unsealing)
    }

    async fn assertion(
        &self,
        tenant: &Tenant,
        provider: &UpstreamProvider,
        endpoint: &UpstreamUrl,
    ) -> Result<String, Failure> {
        let now = self.clock.now();
        let mut token_id = [0; 16];
        self.entropy.fill(&mut token_id);
        let assertion = ClientAssertion {
            client_id: &provider.client_id,
            audience: endpoint.as_str(),
            token_id: &Base64UrlUnpadded::encode_string(&token_id),
            issued_at: now,
            expires_at: now.plus(Self::ASSERTION_LIFETIME),
        };
        // Only a shared key belongs to a client, and none signs assertions.
        let none = ClientId::parse("none").map_err(|_| Failure::Unsealing)?;
        let algorithm = tenant.published_algorithm(None);
        let document = Document::ClientAssertion(&assertion);
        let signed = self
            .signer
            .sign_document(tenant.id, &document, &none, algorithm);
        Ok(signed.await?)
    }
}

/// Encodes a text as `application/x-www-form-urlencoded`.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            other => {
                // Writing to a string never fails.
                let _ = write!(encoded, "%{other:02X}");
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_form_encoded() {
        assert_eq!(encoded("a:b c%~é"), "a%3Ab+c%25%7E%C3%A9");
    }
}
