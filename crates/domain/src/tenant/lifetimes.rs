//! How long things live.

use core::time::Duration;

/// Lifetimes of one authorization server. [`Client::access_token_lifetime`] overrides one of them.
///
/// [`Client::access_token_lifetime`]: crate::client::Client::access_token_lifetime
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Of an access token.
    pub access_token: Duration,
    /// Of an ID token.
    pub id_token: Duration,
    /// Of a refresh token, counted anew at each rotation.
    pub refresh_token: Duration,
    /// Of an authorization code. RFC 6749 section 4.1.2 recommends ten minutes at most.
    pub authorization_code: Duration,
    /// Of a login, from the password to the code.
    pub login: Duration,
    /// Of a browser session.
    pub session: Duration,
    /// How long a device is remembered on which the second factor was given.
    pub device: Duration,
    /// How long after a rotation the token that was rotated still answers with the same successor: for
    /// a client that never saw the answer, and for two tabs of one browser.
    pub refresh_leeway: Duration,
}

impl Lifetimes {
    /// One hour for access tokens, ID tokens and sessions, 30 days for refresh tokens and devices, ten minutes
    /// for codes and logins, 30 seconds of leeway.
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
