//! Grant types.

use alloc::borrow::Cow;
use core::fmt;

/// Grant type, by its wire name (RFC 6749 section 1.3): an open set.
///
/// A server that uses this crate declares custom grant types with [`GrantType::custom`]. A client may be registered for
/// any grant type, even one that only a later version of the server knows.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GrantType(Cow<'static, str>);

impl GrantType {
    /// Authorization code grant (RFC 6749 section 4.1).
    pub const AUTHORIZATION_CODE: Self = Self(Cow::Borrowed("authorization_code"));
    /// Refresh token grant (RFC 6749 section 6).
    pub const REFRESH_TOKEN: Self = Self(Cow::Borrowed("refresh_token"));
    /// Client credentials grant (RFC 6749 section 4.4).
    pub const CLIENT_CREDENTIALS: Self = Self(Cow::Borrowed("client_credentials"));

    /// Token exchange grant (RFC 8693).
    pub const TOKEN_EXCHANGE: Self = Self(Cow::Borrowed(
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ));
    /// Device authorization grant (RFC 8628 section 3.4).
    pub const DEVICE_CODE: Self = Self(Cow::Borrowed(
        "urn:ietf:params:oauth:grant-type:device_code",
    ));

    /// Grant types that this crate has rules for.
    pub const ALL: &'static [Self] = &[
        Self::AUTHORIZATION_CODE,
        Self::REFRESH_TOKEN,
        Self::CLIENT_CREDENTIALS,
        Self::TOKEN_EXCHANGE,
        Self::DEVICE_CODE,
    ];

    /// Declares a custom grant type by its wire name. A name in [`GrantType::ALL`] returns that grant type.
    ///
    /// ```
    /// # use countersign_domain::client::GrantType;
    /// const VOUCHER: GrantType = GrantType::custom("urn:example:voucher");
    /// ```
    #[must_use]
    pub const fn custom(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Returns the grant type with this name, known or unknown.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let known = Self::ALL.iter().find(|known| known.as_str() == name);
        known
            .cloned()
            .unwrap_or_else(|| Self(Cow::Owned(name.into())))
    }

    /// Returns the name used in `grant_type` and in client metadata.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether this crate has a rule for the grant type.
    #[must_use]
    pub fn is_known(&self) -> bool {
        Self::ALL.contains(self)
    }
}

impl fmt::Debug for GrantType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
