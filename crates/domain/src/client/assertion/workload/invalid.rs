//! Validation of workload identities.

use super::WorkloadIdentity;
use crate::client::registration::InvalidRegistration as Invalid;
use crate::client::{Client, Jwks, KeySource};

impl WorkloadIdentity {
    /// Maximum number of workload identities of a client.
    pub const MOST: usize = 20;

    /// Maximum number of other claims.
    pub const MOST_CLAIMS: usize = 10;

    /// Issuer of GitHub Actions.
    const GITHUB_ACTIONS: &str = "https://token.actions.githubusercontent.com";

    /// Validates the identity. Returns the first broken rule.
    pub(crate) fn check_registered(&self) -> Result<(), Invalid> {
        let names = [Some(&self.issuer), self.audience.as_ref()];
        if !names
            .into_iter()
            .flatten()
            .all(|name| Client::is_name(name))
        {
            return Err(Invalid::WorkloadNameMalformed);
        }
        let mut claims = self.claims.iter();
        if self.claims.len() > Self::MOST_CLAIMS
            || !claims.all(|(name, text)| Client::is_name(name) && Client::is_name(text))
        {
            return Err(Invalid::WorkloadClaimsMalformed);
        }
        let has = |name: &str| self.claims.iter().any(|(own, _)| own == name);
        if ["iss", "sub", "aud", "exp", "nbf", "iat"]
            .into_iter()
            .any(has)
        {
            return Err(Invalid::WorkloadClaimReserved);
        }
        // An enterprise can have an issuer with its name at the end.
        if self.issuer.starts_with(Self::GITHUB_ACTIONS) && !has("repository_id") {
            return Err(Invalid::WorkloadRepositoryMissing);
        }
        match &self.keys {
            KeySource::Registered(jwks) if jwks.as_str().len() > Jwks::MAX_LENGTH => {
                Err(Invalid::KeysTooLong)
            }
            KeySource::Published(uri) if uri.host().is_none() => Err(Invalid::KeysUriNotHttp),
            _ => Ok(()),
        }
    }
}
