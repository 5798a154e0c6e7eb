use super::{AuthenticatedClient, Failure, Issuance, Signer, Store, Timestamp, TokenIssuer};
use countersign_domain::decision::Decision;

impl<S: Store, G: Signer> TokenIssuer<S, G> {
    /// RFC 6749 section 4.4. Nothing is stored.
    pub(super) fn client_credentials(
        &self,
        caller: &AuthenticatedClient<'_>,
        scope: Option<&str>,
        resources: &[&str],
        now: Timestamp,
    ) -> Result<Issuance, Failure> {
        match caller.client_credentials(scope, resources, &self.settings.lifetimes, now) {
            Decision::Issue(issuance) => Ok(issuance),
            Decision::Refuse(refusal) | Decision::Revoke(_, refusal) => Err(refusal.into()),
        }
    }
}
