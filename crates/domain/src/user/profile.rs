//! What is known of a user beyond the e-mail address (OpenID Connect Core section 5.1).

use crate::authorize::claims_request::StandardClaim;
use crate::time::Timestamp;
use alloc::collections::BTreeMap;
use alloc::string::String;

/// Standard claims of a user. What is not known is not there.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Profile {
    texts: BTreeMap<StandardClaim, String>,
    /// `address`.
    pub address: Option<Address>,
    /// `phone_number_verified`.
    pub phone_number_verified: bool,
    /// `updated_at`.
    pub updated_at: Option<Timestamp>,
}

/// A postal address (OpenID Connect Core section 5.1.1).
#[derive(Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the specification")]
pub struct Address {
    pub formatted: Option<String>,
    pub street_address: Option<String>,
    pub locality: Option<String>,
    pub region: Option<String>,
    pub postal_code: Option<String>,
    pub country: Option<String>,
}

impl Profile {
    /// The claims that are text and stand in a profile: all but those of the e-mail address, the full
    /// name, which belong to the user, and those that are no text.
    #[must_use]
    pub const fn is_text(claim: StandardClaim) -> bool {
        !matches!(
            claim,
            StandardClaim::Name
                | StandardClaim::Email
                | StandardClaim::EmailVerified
                | StandardClaim::Address
                | StandardClaim::PhoneNumberVerified
                | StandardClaim::UpdatedAt
        )
    }

    /// A claim that is text.
    #[must_use]
    pub fn text(&self, claim: StandardClaim) -> Option<&str> {
        self.texts.get(&claim).map(String::as_str)
    }

    /// Sets a claim, or takes it away; one that is no text stays as it is.
    pub fn set_text(&mut self, claim: StandardClaim, value: Option<String>) {
        match value {
            Some(value) if Self::is_text(claim) => {
                self.texts.insert(claim, value);
            }
            _ => {
                self.texts.remove(&claim);
            }
        }
    }

    /// All claims that are text.
    pub fn texts(&self) -> impl Iterator<Item = (StandardClaim, &str)> {
        self.texts
            .iter()
            .map(|(claim, text)| (*claim, text.as_str()))
    }
}

/// A person's data: it stays out of debug output.
impl core::fmt::Debug for Profile {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Profile(..)")
    }
}

/// A person's data: it stays out of debug output.
impl core::fmt::Debug for Address {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Address(..)")
    }
}
