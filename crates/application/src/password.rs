//! Email address and password, for browser and JSON sign-ins, and new passwords.

use crate::attempts::{self, AttemptSource};
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use countersign_domain::login::methods::Method;
use countersign_domain::login::password::may_be_chosen;
use countersign_domain::login::weakness::Weakness;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_domain::user::{Email, User};
use countersign_ports::{BreachedPasswords, PasswordHasher, Store, StoreError, UserKey};

/// Email address and password from a request, not yet validated.
#[derive(Clone, Copy)]
pub(crate) struct Presented<'a> {
    pub(crate) email: &'a str,
    pub(crate) password: &'a Secret,
    pub(crate) source: AttemptSource<'a>,
}

/// Verifies an email address and a password, and returns the user. An unknown user, a disabled user and a wrong
/// password take the same work, count as the same failed attempt and return the same error.
pub(crate) async fn check<S: Store, P: PasswordHasher>(
    (store, passwords): (&S, &P),
    tenant: &Tenant,
    presented: Presented<'_>,
    now: Timestamp,
) -> Result<User, Failure> {
    let Presented {
        email,
        password,
        source,
    } = presented;
    CurrentRequest::note_attempt(Method::PASSWORD);
    // Only the user tells whether the device is known, and so which counter to use. Without a device, one statement
    // counts the attempt and reads the user.
    let early = match source.device {
        Some(_) => user_by_email(store, tenant.id, email).await?,
        None => None,
    };
    let targets = attempts::logins(email, early.as_ref(), source);
    let unread = source.device.is_none().then_some(email);
    let taken = attempts::take(store, tenant, &targets, (&[], unread), now).await?;
    let user = early.or(taken.user);
    if let Some(user) = &user {
        CurrentRequest::note_user(user.id);
    }
    let hash = user.as_ref().and_then(|user| user.password_hash.as_deref());
    let verified = passwords.verify(password, hash).await;
    let outcome = verified.map(|is_right| user.filter(|user| is_right && user.enabled));
    // A success is no failed attempt, and neither is a password that was not checked.
    if !matches!(outcome, Ok(None)) {
        attempts::give_back(store, tenant.id, &targets, now).await;
    }
    outcome?.ok_or_else(|| Refusal::LoginFailed.into())
}

/// Checks that a user may choose a password, and hashes it. `about` are texts about the user.
pub(crate) async fn hash_new<P: PasswordHasher>(
    (passwords, breached): (&P, &dyn BreachedPasswords),
    tenant: &Tenant,
    password: &Secret,
    about: &[&str],
) -> Result<String, Failure> {
    may_be_chosen(password.expose_secret())?;
    let about = about.iter().copied().chain([tenant.settings.name.as_str()]);
    let about = about.map(str::to_owned).collect();
    if let Some(weakness) = passwords.weakness(password, about).await? {
        return Err(Refusal::PasswordWeak(weakness).into());
    }
    if breached.contain(password).await {
        return Err(Refusal::PasswordWeak(Weakness::Breached).into());
    }
    Ok(passwords.hash(password).await?)
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
