use crate::authorize::demands::AcrDemand;
use crate::login::authentication::Acr;
use crate::login::methods::Method;
use crate::login::mfa_policy::MfaPolicy;
use crate::user::User;

/// Returns whether a first factor suffices for this user. `None` means that the caller must load `has_passkey`.
///
/// A user with an authenticator app must enter a code. A user with only passkeys must use one if the policy requires a
/// second factor at each sign-in.
#[must_use]
pub fn suffices(user: &User, policy: MfaPolicy, has_passkey: Option<bool>) -> Option<bool> {
    if user.sealed_totp_secret.is_some() {
        return Some(false);
    }
    if !policy.demands_every_time() {
        return Some(true);
    }
    has_passkey.map(|has_passkey| !has_passkey)
}

/// Returns the second-factor method for this user. `None` means that the caller must load `has_passkey`.
///
/// Prefers the authenticator app. Chooses a passkey if the user has no app, or if only a passkey reaches the requested
/// class.
#[must_use]
pub fn second_factor_of(
    user: &User,
    requested: Option<AcrDemand>,
    has_passkey: Option<bool>,
) -> Option<Method> {
    if user.sealed_totp_secret.is_none() {
        return Some(Method::PASSKEY);
    }
    if requested.is_none_or(|requested| requested.least <= Acr::TWO_FACTORS) {
        return Some(Method::TIME_CODE);
    }
    has_passkey.map(|has_passkey| {
        if has_passkey {
            Method::PASSKEY
        } else {
            Method::TIME_CODE
        }
    })
}
