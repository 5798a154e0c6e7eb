//! Codes of an authenticator app, for logins with a browser and without.

use crate::failure::Failure;
use countersign_domain::identifier::UserId;
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{OneTimeCodes, Race, UserRepository, Vault};

/// What the secret of a user's one-time codes is sealed for.
#[must_use]
pub fn totp_context(user: UserId) -> String {
    format!("totp:{user}")
}

/// Checks a one-time code and uses it up, so that it is good for nobody after this.
pub(crate) async fn use_up<S: UserRepository + Sync>(
    store: &S,
    vault: &dyn Vault,
    one_time_codes: &dyn OneTimeCodes,
    user: &User,
    code: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let Some(sealed) = &user.sealed_totp_secret else {
        return Err(Refusal::OneTimeCodeWrong.into());
    };
    let secret = vault
        .unseal(&totp_context(user.id), sealed)
        .ok_or(Failure::Unsealing)?;
    let time_step = one_time_codes
        .matching_time_step(&secret, code, now)
        .ok_or(Refusal::OneTimeCodeWrong)?;
    match store.use_time_step(user.id, time_step).await? {
        Race::Won => Ok(()),
        Race::Lost => Err(Refusal::OneTimeCodeWrong.into()),
    }
}
