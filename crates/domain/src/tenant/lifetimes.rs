//! Lifetimes of tokens, codes, sign-ins, sessions and devices.

use crate::time::Timestamp;
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
    /// Browser session, from its last use if sessions slide.
    pub session: Duration,
    /// Maximum lifetime of a browser session after its last sign-in.
    pub longest_session: Duration,
    /// Remembered device, which needs no second factor.
    pub device: Duration,
    /// Time after a rotation in which the previous refresh token still gets the same successor. It covers lost
    /// responses and concurrent browser tabs.
    pub refresh_leeway: Duration,
}

impl Lifetimes {
    /// Default lifetimes.
    ///
    /// Access tokens, ID tokens and sessions: one hour. Refresh tokens, devices and the longest session: 30 days. Codes and sign-ins: ten
    /// minutes. Leeway: 30 seconds.
    pub const DEFAULT: Self = Self {
        access_token: Duration::from_secs(3600),
        id_token: Duration::from_secs(3600),
        refresh_token: Duration::from_secs(30 * 24 * 3600),
        authorization_code: Duration::from_secs(600),
        login: Duration::from_secs(600),
        session: Duration::from_secs(3600),
        longest_session: Duration::from_secs(30 * 24 * 3600),
        device: Duration::from_secs(30 * 24 * 3600),
        refresh_leeway: Duration::from_secs(30),
    };

    /// Returns when a session expires that is used at `now`. `signed_in_at` is the time of its last sign-in.
    #[must_use]
    pub fn session_expiry(&self, signed_in_at: Timestamp, now: Timestamp) -> Timestamp {
        now.plus(self.session).min(self.session_end(signed_in_at))
    }

    /// Returns the time after which a session ends, however often it is used.
    #[must_use]
    pub const fn session_end(&self, signed_in_at: Timestamp) -> Timestamp {
        signed_in_at.plus(self.longest_session)
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self::DEFAULT
    }
}
