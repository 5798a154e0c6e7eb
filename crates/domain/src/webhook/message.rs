//! Messages to receivers and their signatures (Standard Webhooks, "Webhook headers").

use super::secret::SigningSecret;
use crate::time::Timestamp;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use base64ct::{Base64, Encoding as _};

/// Message to a receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookMessage {
    /// Identifier. Every attempt to deliver a message has the same one, and it has no period.
    pub id: String,
    /// Time of the attempt.
    pub at: Timestamp,
    /// JSON body.
    pub body: Vec<u8>,
}

impl WebhookMessage {
    /// Returns the value of `webhook-signature`: one signature per secret, separated by spaces.
    #[must_use]
    pub fn signature(&self, secrets: &[SigningSecret]) -> String {
        let mut content = format!("{}.{}.", self.id, self.at).into_bytes();
        content.extend_from_slice(&self.body);
        let signatures = secrets.iter().map(|secret| {
            let mac = Base64::encode_string(&secret.mac(&content));
            format!("v1,{mac}")
        });
        signatures.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> WebhookMessage {
        WebhookMessage {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek".into(),
            at: Timestamp::from_unix_seconds(1_614_265_330),
            body: br#"{"test": 2432232314}"#.into(),
        }
    }

    /// Computed with the module `hmac` of Python.
    #[test]
    fn signature_is_that_of_specification() {
        let mut bytes = [0; 32];
        for (byte, value) in bytes.iter_mut().zip(0_u8..) {
            *byte = value;
        }
        let secret = SigningSecret::from_bytes(bytes);
        let text = secret.text();
        let expected = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        assert_eq!(text.expose_secret(), expected);
        let signature = message().signature(&[secret]);
        assert_eq!(signature, "v1,O4Gjv1HqPqsMrjmczoggs/sWA8gZD0VyHG+fLh4+ktI=");
    }

    #[test]
    fn rotated_secrets_sign_separately() {
        let [one, other] = [1, 2].map(|byte| SigningSecret::from_bytes([byte; 32]));
        let both = message().signature(&[one.clone(), other.clone()]);
        let [one, other] = [one, other].map(|secret| message().signature(&[secret]));
        assert_eq!(both, format!("{one} {other}"));
        assert_ne!(one, other);
        let later = WebhookMessage {
            at: Timestamp::from_unix_seconds(1_614_265_331),
            ..message()
        };
        let secret = SigningSecret::from_bytes([1; 32]);
        assert_ne!(later.signature(&[secret]), one);
    }
}
