//! Codes of six digits: those of authenticator apps (TOTP), and those that are mailed.

use crate::failure::Failure;
use countersign_domain::identifier::UserId;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{Entropy, OneTimeCodes, Race, UserRepository, Vault};

/// Returns the context under which a user's TOTP secret is sealed.
#[must_use]
pub fn totp_context(user: UserId) -> String {
    format!("totp:{user}")
}

/// Returns a uniformly distributed code. It discards numbers above the last full million, to avoid modulo bias.
pub(crate) fn six_digits(entropy: &dyn Entropy) -> String {
    loop {
        let mut bytes = [0; 4];
        entropy.fill(&mut bytes);
        let number = u32::from_be_bytes(bytes);
        if number < u32::MAX - u32::MAX % 1_000_000 {
            return format!("{:06}", number % 1_000_000);
        }
    }
}

/// Verifies one-time codes.
pub(crate) struct Verifier<'a, S> {
    pub(crate) store: &'a S,
    pub(crate) vault: &'a dyn Vault,
    pub(crate) one_time_codes: &'a dyn OneTimeCodes,
}

impl<S: UserRepository + Sync> Verifier<'_, S> {
    /// Verifies a user's one-time code and marks it as used. A replayed code fails as wrong.
    pub(crate) async fn use_up(
        &self,
        tenant: TenantId,
        user: &User,
        code: &str,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some(sealed) = &user.sealed_totp_secret else {
            return Err(Refusal::OneTimeCodeWrong.into());
        };
        let secret = self
            .vault
            .unseal(tenant, &totp_context(user.id), sealed)
            .ok_or(Failure::Unsealing)?;
        let time_step = self
            .one_time_codes
            .matching_time_step(&secret, code, now)
            .ok_or(Refusal::OneTimeCodeWrong)?;
        match self.store.use_time_step(tenant, user.id, time_step).await? {
            Race::Won => Ok(()),
            Race::Lost => Err(Refusal::OneTimeCodeWrong.into()),
        }
    }
}
