//! Lifetimes of tokens, codes, sign-ins, sessions and devices.

use core::time::Duration;

/// Lifetimes of a tenant. [`Client::access_token_lifetime`] overrides the access token lifetime.
///
/// [`Client::access_token_lifetime`]: crate::client::Client::access_token_lifetime
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Access token.
    pub access_token: Duration,
    /// ID token.
    pub id_token: Duration,
    /// Refresh token, from its last rotation.
    pub refresh_token: Duration,
    /// Authorization code. RFC 6749 section 4.1.2 recommends at most ten minutes.
    pub authorization_code: Duration,
    /// Sign-in, from the password to the authorization code.
    pub login: Duration,
    /// Browser session.
    pub session: Duration,
    /// Remembered device, which needs no second factor.
    pub device: Duration,
    /// Time after a rotation in which the previous refresh token still gets the same successor. It covers lost
    /// responses and concurrent browser tabs.
    pub refresh_leeway: Duration,
}

impl Lifetimes {
    /// Default lifetimes.
    ///
    /// Access tokens, ID tokens and sessions: one hour. Refresh tokens and devices: 30 days. Codes and sign-ins: ten
    /// minutes. Leeway: 30 seconds.
    pub const DEFAULT: Self = Self {
        access_token: Duration::from_secs(3600),
        id_token: Duration::from_secs(3600),
        refresh_token: Duration::from_secs(30 * 24 * 3600),
        authorization_code: Duration::from_secs(600),
        login: Duration::from_secs(600),
        session: Duration::from_secs(3600),
        device: Duration::from_secs(30 * 24 * 3600),
        refresh_leeway: Duration::from_secs(30),
    };
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self::DEFAULT
    }
}
