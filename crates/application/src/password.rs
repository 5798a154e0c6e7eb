//! Email address and password, for browser and JSON sign-ins.

use crate::attempts;
use crate::failure::Failure;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::{PasswordHasher, Store, StoreError, UserKey};
use std::net::IpAddr;

/// Email address and password from a request, not yet validated.
#[derive(Clone, Copy)]
pub(crate) struct Presented<'a> {
    pub(crate) email: &'a str,
    pub(crate) password: &'a Secret,
    pub(crate) address: Option<IpAddr>,
}

/// Verifies an email address and a password, and returns the user. An unknown user, a disabled user and a wrong
/// password take the same work, count as the same failed attempt and return the same error.
///
/// Checks the rate limit before and after hashing. Otherwise concurrent guesses could exceed it: each would pass the
/// first check before any failure is counted.
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

/// Finds a user by an email address as typed.
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
