//! Standard claims in tokens and userinfo responses (OpenID Connect Core section 5.1).

use crate::authorize::claims_request::{ClaimSet, StandardClaim};
use crate::time::Timestamp;
use crate::user::User;
use crate::user::profile::Address;

/// Value of a claim. An adapter serializes it as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimValue<'a> {
    /// String.
    Text(&'a str),
    /// Boolean.
    Flag(bool),
    /// Number of seconds since the Unix epoch.
    Time(Timestamp),
    /// Object with the members [`Address::members`].
    Address(&'a Address),
}

impl Address {
    /// Returns the known members with their names (OpenID Connect Core section 5.1.1).
    pub fn members(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("formatted", &self.formatted),
            ("street_address", &self.street_address),
            ("locality", &self.locality),
            ("region", &self.region),
            ("postal_code", &self.postal_code),
            ("country", &self.country),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}

impl User {
    /// Returns the value of a claim; `None` if it is unknown. Responses omit unknown claims.
    #[must_use]
    pub fn claim(&self, claim: StandardClaim) -> Option<ClaimValue<'_>> {
        let profile = &self.profile;
        match claim {
            StandardClaim::Name => self.name.as_deref().map(ClaimValue::Text),
            StandardClaim::Email => Some(ClaimValue::Text(self.email.as_str())),
            StandardClaim::EmailVerified => Some(ClaimValue::Flag(self.email_verified)),
            StandardClaim::Address => profile.address.as_ref().map(ClaimValue::Address),
            StandardClaim::UpdatedAt => profile.updated_at.map(ClaimValue::Time),
            StandardClaim::PhoneNumberVerified => profile
                .text(StandardClaim::PhoneNumber)
                .map(|_| ClaimValue::Flag(profile.phone_number_verified)),
            text => profile.text(text).map(ClaimValue::Text),
        }
    }

    /// Returns the names and values of those claims of a set that are known.
    pub fn claims(&self, set: ClaimSet) -> impl Iterator<Item = (&'static str, ClaimValue<'_>)> {
        set.iter()
            .filter_map(|claim| Some((claim.as_str(), self.claim(claim)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::UserId;
    use crate::test_facts::NOW;
    use crate::user::Email;
    use crate::user::profile::Profile;
    use alloc::vec::Vec;

    fn user() -> User {
        let email = Email::parse("jane@example.com").unwrap();
        User {
            email_verified: true,
            name: Some("Jane Doe".into()),
            ..User::new(UserId::from_bytes([8; 16]), email, NOW)
        }
    }

    fn all() -> ClaimSet {
        StandardClaim::ALL.iter().copied().collect()
    }

    #[test]
    fn unknown_user_claims_are_omitted() {
        let user = user();
        let claims: Vec<_> = user.claims(all()).collect();
        let known = [
            ("name", ClaimValue::Text("Jane Doe")),
            ("email", ClaimValue::Text("jane@example.com")),
            ("email_verified", ClaimValue::Flag(true)),
        ];
        assert_eq!(claims, known);
        assert_eq!(user.claims(ClaimSet::NONE).next(), None);
    }

    #[test]
    fn full_profile_releases_every_claim() {
        let mut user = user();
        for claim in StandardClaim::ALL.iter().filter(|c| Profile::is_text(**c)) {
            user.profile.set_text(*claim, Some("text".into()));
        }
        user.profile.updated_at = Some(NOW);
        user.profile.address = Some(Address {
            locality: Some("Bonn".into()),
            ..Address::default()
        });
        assert_eq!(user.claims(all()).count(), StandardClaim::ALL.len());
        let verified = user.claim(StandardClaim::PhoneNumberVerified);
        assert_eq!(verified, Some(ClaimValue::Flag(false)));
        let address = user.profile.address.as_ref().unwrap();
        assert!(address.members().eq([("locality", "Bonn")]));
        let value = user.claim(StandardClaim::Address);
        assert_eq!(value, Some(ClaimValue::Address(address)));
        let updated = user.claim(StandardClaim::UpdatedAt);
        assert_eq!(updated, Some(ClaimValue::Time(NOW)));
    }
}
