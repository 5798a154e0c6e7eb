//! Standard claims of a user beyond name and email address (OpenID Connect Core section 5.1), and what the user agreed to.

use crate::authorize::claims_request::StandardClaim;
use crate::time::Timestamp;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// Standard claims of a user. Unknown claims are absent.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Profile {
    texts: BTreeMap<StandardClaim, String>,
    /// `address`.
    pub address: Option<Address>,
    /// `phone_number_verified`.
    pub phone_number_verified: bool,
    /// `updated_at`.
    pub updated_at: Option<Timestamp>,
    /// Documents that the user agreed to. Not a claim.
    pub agreements: Vec<Agreement>,
}

/// Document that a user agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Name: `terms` or `privacy`.
    pub document: String,
    /// Version.
    pub version: String,
    /// Time.
    pub at: Timestamp,
}

/// Postal address (OpenID Connect Core section 5.1.1).
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
    /// Returns whether a profile stores this claim as text. Name and email are fields of [`User`](crate::user::User),
    /// and some claims are not text.
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

    /// Returns the value of a text claim.
    #[must_use]
    pub fn text(&self, claim: StandardClaim) -> Option<&str> {
        self.texts.get(&claim).map(String::as_str)
    }

    /// Sets or removes a text claim. Does nothing for other claims.
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

    /// Returns all text claims.
    pub fn texts(&self) -> impl Iterator<Item = (StandardClaim, &str)> {
        self.texts
            .iter()
            .map(|(claim, text)| (*claim, text.as_str()))
    }
}

/// Omits the values, which are personal data.
impl core::fmt::Debug for Profile {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Profile(..)")
    }
}

/// Omits the values, which are personal data.
impl core::fmt::Debug for Address {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Address(..)")
    }
}
