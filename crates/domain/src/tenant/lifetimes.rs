//! Lifetimes of tokens, codes, sign-ins, sessions and devices.

use crate::time::Timestamp;
use core::time::Duration;

/// Lifetimes of a tenant. [`Client::access_token_lifetime`](crate::client::Client::access_token_lifetime) overrides the
/// access token lifetime.
///
/// They come from [`Lifetimes::new`], which checks them, or are [`Lifetimes::DEFAULT`]:
///
/// ```compile_fail,E0423
/// # use countersign_domain::tenant::lifetimes::{LifetimeSettings, Lifetimes};
/// fn unchecked(settings: LifetimeSettings) -> Lifetimes {
///     Lifetimes(settings)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes(LifetimeSettings);

/// Lifetimes of a tenant, not yet checked. All but [`LifetimeSettings::device`] and
/// [`LifetimeSettings::refresh_leeway`] are at least one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LifetimeSettings {
    /// Access token. At most one day: a resource server without introspection accepts a revoked token until then.
    pub access_token: Duration,
    /// ID token. At most one day.
    pub id_token: Duration,
    /// Refresh token, from its last rotation.
    pub refresh_token: Duration,
    /// Authorization code. At most ten minutes (RFC 6749 section 4.1.2).
    pub authorization_code: Duration,
    /// Device code and user code. At most 30 minutes: a phisher must not send a user code long before it is typed.
    pub device_code: Duration,
    /// Sign-in, from the password to the authorization code.
    pub login: Duration,
    /// Browser session, from its last use if sessions slide.
    pub session: Duration,
    /// Maximum lifetime of a browser session after its last sign-in.
    pub longest_session: Duration,
    /// Trusted device, which needs no second factor. Zero disables trusted devices.
    pub device: Duration,
    /// Time after a rotation in which the previous refresh token still gets the same successor. It covers lost
    /// responses and concurrent browser tabs. At most five minutes.
    pub refresh_leeway: Duration,
}

crate::error_type! {
    /// Reason why lifetimes are invalid.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidLifetimes {
        /// Lifetime of less than one second. A value with this lifetime would expire at once.
        #[error("a lifetime must be at least one second")]
        TooShort,
        /// Access or ID token with a lifetime over [`Lifetimes::LONGEST_TOKEN`].
        #[error("an access token or ID token may live for at most one day")]
        TokenTooLong,
        /// Authorization code with a lifetime over [`Lifetimes::LONGEST_CODE`].
        #[error("an authorization code may live for at most ten minutes (RFC 6749 section 4.1.2)")]
        CodeTooLong,
        /// Device code with a lifetime over [`Lifetimes::LONGEST_DEVICE_CODE`].
        #[error("a device code may live for at most 30 minutes")]
        DeviceCodeTooLong,
        /// Leeway over [`Lifetimes::LONGEST_LEEWAY`]. A stolen refresh token is not detected during the leeway.
        #[error("the leeway of a refresh token may be at most five minutes")]
        LeewayTooLong,
    }
}

impl Default for LifetimeSettings {
    /// Returns the settings of [`Lifetimes::DEFAULT`].
    fn default() -> Self {
        Lifetimes::DEFAULT.0
    }
}

impl Lifetimes {
    /// Maximum lifetime of an access token or ID token. A resource server that does not introspect accepts a revoked
    /// token until it expires.
    pub const LONGEST_TOKEN: Duration = Duration::from_secs(86_400);

    /// Maximum lifetime of an authorization code (RFC 6749 section 4.1.2).
    pub const LONGEST_CODE: Duration = Duration::from_secs(600);

    /// Maximum lifetime of a device code, as in the example of RFC 8628 section 3.2.
    pub const LONGEST_DEVICE_CODE: Duration = Duration::from_secs(1800);

    /// Maximum leeway of a refresh token.
    pub const LONGEST_LEEWAY: Duration = Duration::from_secs(300);

    /// Default lifetimes.
    ///
    /// Access tokens, ID tokens and sessions: one hour. Refresh tokens, devices and the longest session: 30 days.
    /// Authorization codes, device codes and sign-ins: ten minutes. Leeway: 30 seconds.
    pub const DEFAULT: Self = Self(LifetimeSettings {
        access_token: Duration::from_secs(3600),
        id_token: Duration::from_secs(3600),
        refresh_token: Duration::from_secs(30 * 24 * 3600),
        authorization_code: Duration::from_secs(600),
        device_code: Duration::from_secs(600),
        login: Duration::from_secs(600),
        session: Duration::from_secs(3600),
        longest_session: Duration::from_secs(30 * 24 * 3600),
        device: Duration::from_secs(30 * 24 * 3600),
        refresh_leeway: Duration::from_secs(30),
    });

    /// Checks the lifetimes.
    pub fn new(settings: LifetimeSettings) -> Result<Self, InvalidLifetimes> {
        let LifetimeSettings {
            access_token,
            id_token,
            refresh_token,
            authorization_code,
            device_code,
            login,
            session,
            longest_session,
            device: _,
            refresh_leeway,
        } = settings;
        let positive = [
            access_token,
            id_token,
            refresh_token,
            authorization_code,
            device_code,
            login,
            session,
            longest_session,
        ];
        if positive.iter().any(|lifetime| lifetime.as_secs() == 0) {
            return Err(InvalidLifetimes::TooShort);
        }
        if access_token.max(id_token) > Lifetimes::LONGEST_TOKEN {
            return Err(InvalidLifetimes::TokenTooLong);
        }
        if authorization_code > Self::LONGEST_CODE {
            return Err(InvalidLifetimes::CodeTooLong);
        }
        if device_code > Self::LONGEST_DEVICE_CODE {
            return Err(InvalidLifetimes::DeviceCodeTooLong);
        }
        if refresh_leeway > Self::LONGEST_LEEWAY {
            return Err(InvalidLifetimes::LeewayTooLong);
        }
        Ok(Self(settings))
    }

    /// Returns all lifetimes.
    #[must_use]
    pub const fn settings(&self) -> LifetimeSettings {
        self.0
    }

    /// Returns the lifetime of access tokens.
    #[must_use]
    pub const fn access_token(&self) -> Duration {
        self.0.access_token
    }

    /// Returns the lifetime of ID tokens.
    #[must_use]
    pub const fn id_token(&self) -> Duration {
        self.0.id_token
    }

    /// Returns the lifetime of refresh tokens, from the last rotation.
    #[must_use]
    pub const fn refresh_token(&self) -> Duration {
        self.0.refresh_token
    }

    /// Returns the lifetime of authorization codes.
    #[must_use]
    pub const fn authorization_code(&self) -> Duration {
        self.0.authorization_code
    }

    /// Returns the lifetime of device codes and user codes.
    #[must_use]
    pub const fn device_code(&self) -> Duration {
        self.0.device_code
    }

    /// Returns the time limit of a sign-in, from the password to the authorization code.
    #[must_use]
    pub const fn login(&self) -> Duration {
        self.0.login
    }

    /// Returns the lifetime of browser sessions.
    #[must_use]
    pub const fn session(&self) -> Duration {
        self.0.session
    }

    /// Returns the lifetime of trusted devices. Zero disables them.
    #[must_use]
    pub const fn device(&self) -> Duration {
        self.0.device
    }

    /// Returns the time after a rotation in which the previous refresh token still gets the same successor.
    #[must_use]
    pub const fn refresh_leeway(&self) -> Duration {
        self.0.refresh_leeway
    }

    /// Returns when a session expires that is used at `now`. `signed_in_at` is the time of its last sign-in.
    #[must_use]
    pub fn session_expiry(&self, signed_in_at: Timestamp, now: Timestamp) -> Timestamp {
        now.plus(self.0.session).min(self.session_end(signed_in_at))
    }

    /// Returns the time after which a session ends, however often it is used.
    #[must_use]
    pub const fn session_end(&self, signed_in_at: Timestamp) -> Timestamp {
        signed_in_at.plus(self.0.longest_session)
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn judged(change: impl FnOnce(&mut LifetimeSettings)) -> Result<Lifetimes, InvalidLifetimes> {
        let mut settings = LifetimeSettings::default();
        change(&mut settings);
        Lifetimes::new(settings)
    }

    #[test]
    fn default_and_longest_lifetimes_are_valid() {
        assert_eq!(judged(|_| ()), Ok(Lifetimes::DEFAULT));
        let longest = judged(|settings| {
            settings.access_token = DAY;
            settings.id_token = DAY;
            settings.authorization_code = Lifetimes::LONGEST_CODE;
            settings.device_code = Lifetimes::LONGEST_DEVICE_CODE;
            settings.refresh_leeway = Lifetimes::LONGEST_LEEWAY;
        });
        assert!(longest.is_ok());
        let off = judged(|settings| {
            settings.device = Duration::ZERO;
            settings.refresh_leeway = Duration::ZERO;
        });
        assert!(off.is_ok());
    }

    #[test]
    fn lifetime_under_one_second_is_invalid() {
        let changes: [fn(&mut LifetimeSettings, Duration); 8] = [
            |settings, value| settings.access_token = value,
            |settings, value| settings.id_token = value,
            |settings, value| settings.refresh_token = value,
            |settings, value| settings.authorization_code = value,
            |settings, value| settings.device_code = value,
            |settings, value| settings.login = value,
            |settings, value| settings.session = value,
            |settings, value| settings.longest_session = value,
        ];
        for change in changes {
            let short = judged(|settings| change(settings, Duration::from_millis(999)));
            assert_eq!(short, Err(InvalidLifetimes::TooShort));
        }
    }

    #[test]
    fn lifetime_over_its_maximum_is_invalid() {
        let second = Duration::from_secs(1);
        let too_long = Err(InvalidLifetimes::TokenTooLong);
        assert_eq!(judged(|s| s.access_token = DAY + second), too_long);
        assert_eq!(judged(|s| s.id_token = DAY + second), too_long);
        let code = judged(|s| s.authorization_code = Lifetimes::LONGEST_CODE + second);
        assert_eq!(code, Err(InvalidLifetimes::CodeTooLong));
        let device = judged(|s| s.device_code = Lifetimes::LONGEST_DEVICE_CODE + second);
        assert_eq!(device, Err(InvalidLifetimes::DeviceCodeTooLong));
        let leeway = judged(|s| s.refresh_leeway = Lifetimes::LONGEST_LEEWAY + second);
        assert_eq!(leeway, Err(InvalidLifetimes::LeewayTooLong));
    }
}
