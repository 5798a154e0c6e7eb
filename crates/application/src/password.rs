//! E-mail address and password, for logins with a browser and without.

use crate::attempts;
use crate::failure::Failure;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::{PasswordHasher, Store, StoreError, UserKey};
use std::net::IpAddr;

/// The user of this address and password. An unknown user, a disabled one and a wrong password cost the same
/// work, count the same and get the same answer.
///
/// Attempts are looked at twice, so that guesses made at the same moment are no way around the bound: a right one
/// that comes out after too many wrong ones is not let in.
pub(crate) async fn check<S: Store, P: PasswordHasher>(
    store: &S,
    passwords: &P,
    email: &str,
    password: &Secret,
    address: Option<IpAddr>,
    now: Timestamp,
) -> Result<User, Failure> {
    let targets = attempts::logins(email, address);
    attempts::check(store, &targets, now).await?;
    let user = user_by_email(store, email).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.as_deref());
    let is_right = passwords.verify(password, hash).await?;
    let Some(user) = user.filter(|user| is_right && user.enabled) else {
        attempts::count(store, &targets, now).await?;
        return Err(Refusal::LoginFailed.into());
    };
    attempts::check(store, &targets, now).await?;
    Ok(user)
}

/// The user of an address as it was typed.
pub(crate) async fn user_by_email<S: Store>(
    store: &S,
    email: &str,
) -> Result<Option<User>, StoreError> {
    match Email::parse(email.trim()) {
        Ok(email) => store.find_user(UserKey::Email(&email)).await,
        Err(_) => Ok(None),
    }
}
