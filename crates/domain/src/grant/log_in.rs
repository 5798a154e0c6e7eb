//! Sign-in without an authorization request, for a user who has just registered.

use crate::authorize::ResourceOwner;
use crate::client::GrantType;
use crate::client::authentication::Caller;
use crate::decision::Decision;
use crate::grant::redemption::{NewGrant, Redemption};
use crate::identifier::GrantId;
use crate::refusal::Refusal;
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;

impl Caller<'_> {
    /// Decides whether a user who has just registered is signed in to this client. The grant has all registered scope of
    /// the client.
    ///
    /// `grant` is a new identifier. The caller must then store the grant and pass the answer of the store to
    /// [`Redemption::stored`].
    pub fn log_in(
        &self,
        grant: GrantId,
        owner: ResourceOwner,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Redemption> {
        self.judge_log_in()
            .map(|()| {
                let scope = self.client().scope.clone();
                let authorization = self.authorization(scope, [].into(), owner);
                let new = NewGrant {
                    id: grant,
                    authorization: &authorization,
                    nonce: None,
                    outlives: now,
                };
                Redemption::of(new, &[], self, lifetimes, now)
            })
            .into()
    }

    fn judge_log_in(&self) -> Result<(), Refusal> {
        self.client().may_use(&GrantType::AUTHORIZATION_CODE)?;
        if self.owes_a_verifier() {
            return Err(Refusal::SecretMissing);
        }
        Ok(())
    }
}
