//! Fake client assertions.

use countersign_domain::client::Jwks;
use countersign_domain::client::assertion::Assertion;
use countersign_domain::client::assertion::workload::WorkloadToken;
use countersign_ports::{Assertions, UnreadableAssertion};

/// Signed assertions by their text. The key set `{}` verifies all of them.
#[derive(Default)]
pub(crate) struct Signed(pub(crate) Vec<(String, Assertion)>);

/// No assertions, for clients that authenticate with a secret.
pub(crate) const SECRETS: Signed = Signed(Vec::new());

impl Signed {
    fn find(&self, text: &str) -> Option<&Assertion> {
        let found = self.0.iter().find(|(own, _)| own == text);
        found.map(|(_, assertion)| assertion)
    }
}

impl Assertions for Signed {
    fn claimed_client(&self, assertion: &str) -> Option<String> {
        self.find(assertion).map(|own| own.subject.clone())
    }

    fn verify(&self, assertion: &str, keys: &Jwks) -> Result<Assertion, UnreadableAssertion> {
        if keys.as_str() != "{}" {
            return Err(UnreadableAssertion::NoKey);
        }
        let found = self.find(assertion).cloned();
        found.ok_or(UnreadableAssertion::Signature)
    }

    fn claimed_issuer(&self, assertion: &str) -> Option<String> {
        self.find(assertion).map(|own| own.issuer.clone())
    }

    fn verify_workload(
        &self,
        token: &str,
        keys: &Jwks,
    ) -> Result<WorkloadToken, UnreadableAssertion> {
        let assertion = self.verify(token, keys)?;
        Ok(WorkloadToken {
            issuer: assertion.issuer,
            subject: assertion.subject,
            audience: assertion.audience,
            expires_at: assertion.expires_at,
            not_before: assertion.not_before,
            claims: Vec::new(),
        })
    }

    fn check_keys(&self, keys: &Jwks) -> Result<(), String> {
        if keys.as_str() == "{}" {
            Ok(())
        } else {
            Err("not a JWK Set".to_owned())
        }
    }
}
