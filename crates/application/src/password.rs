//! E-mail address and password, for sign-ins with a browser and without.

use crate::attempts;
use crate::failure::Failure;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::{PasswordHasher, Store, StoreError, UserKey};
use std::net::IpAddr;

/// An e-mail address and a password, as they came.
#[derive(Clone, Copy)]
pub(crate) struct Presented<'a> {
    pub(crate) email: &'a str,
    pub(crate) password: &'a Secret,
    pub(crate) address: Option<IpAddr>,
}

/// The user of this address and password. An unknown user, a disabled one and a wrong password cost the same work,
/// count the same and get the same answer.
///
/// Attempts are looked at twice, so that guesses made at the same moment are no way around the bound: a correct password
/// that comes out after too many wrong ones does not sign in.
pub(crate) async fn check<S: Store, P: PasswordHasher>(
    (store, passwords): (&S, &P),
    tenant: TenantId,
    presented: Presented<'_>,
    now: Timestamp,
) -> Result<User, Failure> {
    let Presented {
        email,
        password,
        address,
    } = presented;
    let targets = attempts::logins(email, address);
    attempts::check(store, tenant, &targets, now).await?;
    let user = user_by_email(store, tenant, email).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.as_deref());
    let is_right = passwords.verify(password, hash).await?;
    let Some(user) = user.filter(|user| is_right && user.enabled) else {
        attempts::count(store, tenant, &targets, now).await?;
        return Err(Refusal::LoginFailed.into());
    };
    attempts::check(store, tenant, &targets, now).await?;
    Ok(user)
}

/// The user of an address as it was typed.
pub(crate) async fn user_by_email<S: Store>(
    store: &S,
    tenant: TenantId,
    email: &str,
) -> Result<Option<User>, StoreError> {
    match Email::parse(email.trim()) {
        Ok(email) => store.find_user(tenant, UserKey::Email(&email)).await,
        Err(_) => Ok(None),
    }
}
