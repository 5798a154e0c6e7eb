//! What tokens and the userinfo endpoint say of a user (OpenID Connect Core section 5.1).

use crate::authorize::claims_request::{ClaimSet, StandardClaim};
use crate::time::Timestamp;
use crate::user::User;
use crate::user::profile::Address;

/// The value of a claim, for an adapter to write down as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimValue<'a> {
    /// A string.
    Text(&'a str),
    /// A boolean.
    Flag(bool),
    /// A number of seconds since the Unix epoch.
    Time(Timestamp),
    /// An object with the members [`Address::members`].
    Address(&'a Address),
}

impl Address {
    /// The members that are known, by the names of OpenID Connect Core section 5.1.1.
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
    /// The value of a claim; `None` if it is not known, and then the claim is left out.
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

    /// The known ones of a set of claims, by name.
    pub fn claims(&self, set: ClaimSet) -> impl Iterator<Item = (&'static str, ClaimValue<'_>)> {
        set.iter()
            .filter_map(|claim| Some((claim.as_str(), self.claim(claim)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::UserId;
    use crate::later::LaterMembers;
    use crate::test_facts::NOW;
    use crate::user::Email;
    use crate::user::profile::Profile;
    use alloc::vec::Vec;

    fn user() -> User {
        User {
            id: UserId::from_bytes([8; 16]),
            email: Email::parse("jane@example.com").unwrap(),
            email_verified: true,
            name: Some("Jane Doe".into()),
            profile: Profile::default(),
            enabled: true,
            password_hash: None,
            sealed_totp_secret: None,
            created_at: NOW,
            version: 1,
            later: LaterMembers::default(),
        }
    }

    fn all() -> ClaimSet {
        StandardClaim::ALL.iter().copied().collect()
    }

    #[test]
    fn what_is_not_known_of_a_user_is_left_out() {
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
    fn every_claim_of_a_full_profile_is_released() {
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
