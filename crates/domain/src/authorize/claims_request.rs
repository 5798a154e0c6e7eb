//! Standard claims (OpenID Connect Core section 5.1), and which of them are released.

use crate::scope::Scope;
use core::ops::BitOr;

/// A claim about a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of the specification")]
pub enum StandardClaim {
    Name,
    FamilyName,
    GivenName,
    MiddleName,
    Nickname,
    PreferredUsername,
    Profile,
    Picture,
    Website,
    Gender,
    Birthdate,
    Zoneinfo,
    Locale,
    UpdatedAt,
    Email,
    EmailVerified,
    Address,
    PhoneNumber,
    PhoneNumberVerified,
}
crate::wire_names!(StandardClaim {
    Name = "name",
    FamilyName = "family_name",
    GivenName = "given_name",
    MiddleName = "middle_name",
    Nickname = "nickname",
    PreferredUsername = "preferred_username",
    Profile = "profile",
    Picture = "picture",
    Website = "website",
    Gender = "gender",
    Birthdate = "birthdate",
    Zoneinfo = "zoneinfo",
    Locale = "locale",
    UpdatedAt = "updated_at",
    Email = "email",
    EmailVerified = "email_verified",
    Address = "address",
    PhoneNumber = "phone_number",
    PhoneNumberVerified = "phone_number_verified",
});

impl StandardClaim {
    /// The scope token that asks for it (OpenID Connect Core section 5.4).
    #[must_use]
    pub const fn scope_token(self) -> &'static str {
        match self {
            Self::Email | Self::EmailVerified => "email",
            Self::Address => "address",
            Self::PhoneNumber | Self::PhoneNumberVerified => "phone",
            _ => "profile",
        }
    }

    /// Registered for ever: stored and sealed values hold these bits. New claims are added at the end.
    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of standard claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClaimSet(u32);

impl ClaimSet {
    /// No claim.
    pub const NONE: Self = Self(0);

    /// What the scope asks for (OpenID Connect Core section 5.4).
    #[must_use]
    pub fn of_scope(scope: &Scope) -> Self {
        StandardClaim::ALL
            .iter()
            .filter(|claim| scope.contains(claim.scope_token()))
            .copied()
            .collect()
    }

    /// Whether `claim` is in it.
    #[must_use]
    pub const fn contains(self, claim: StandardClaim) -> bool {
        self.0 & claim.bit() != 0
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }

    /// The claims, in the order of the specification.
    pub fn iter(self) -> impl Iterator<Item = StandardClaim> {
        StandardClaim::ALL
            .iter()
            .copied()
            .filter(move |claim| self.contains(*claim))
    }

    /// A number for a store or a seal.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// What [`ClaimSet::bits`] gave, here or in a later version. Claims that this version does not know stay in the set
    /// and are never released.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }
}

impl FromIterator<StandardClaim> for ClaimSet {
    fn from_iter<T: IntoIterator<Item = StandardClaim>>(claims: T) -> Self {
        Self(claims.into_iter().fold(0, |bits, claim| bits | claim.bit()))
    }
}

impl BitOr for ClaimSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The claims that a client asked for one by one (OpenID Connect Core section 5.5), beside those of its
/// scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RequestedClaims {
    /// At the userinfo endpoint.
    pub userinfo: ClaimSet,
    /// In the ID token.
    pub id_token: ClaimSet,
}

impl RequestedClaims {
    /// The claims that a scope would ask for too: to ask for them one by one is no way around a registration.
    #[must_use]
    pub fn within(self, scope: &Scope) -> Self {
        let within = |claims: ClaimSet| {
            let claims = claims.iter();
            claims
                .filter(|claim| scope.contains(claim.scope_token()))
                .collect()
        };
        Self {
            userinfo: within(self.userinfo),
            id_token: within(self.id_token),
        }
    }

    /// The scope tokens that would ask for these claims.
    pub fn scope_tokens(self) -> impl Iterator<Item = &'static str> {
        (self.userinfo | self.id_token)
            .iter()
            .map(StandardClaim::scope_token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_scope_asks_for_its_claims_and_no_other() {
        let of = |scope| ClaimSet::of_scope(&Scope::parse(scope).unwrap());
        assert!(of("openid").is_empty());
        assert!(
            of("openid email")
                .iter()
                .eq([StandardClaim::Email, StandardClaim::EmailVerified])
        );
        assert_eq!(of("profile").iter().count(), 14);
        assert_eq!(of("profile email address phone").iter().count(), 19);
    }

    #[test]
    fn unknown_claims_stay_and_are_never_released() {
        let known: ClaimSet = StandardClaim::ALL.iter().copied().collect();
        let later = ClaimSet::from_bits(1 << 31);
        assert_eq!(later.bits(), 1 << 31);
        assert!(later.is_empty() && later.iter().next().is_none());
        let both = known | later;
        assert_eq!(both.bits(), known.bits() | 1 << 31);
        assert!(both.iter().eq(StandardClaim::ALL.iter().copied()));
        let requested = RequestedClaims {
            userinfo: both,
            id_token: later,
        };
        let scope = Scope::parse("profile email address phone").unwrap();
        let within = requested.within(&scope);
        assert_eq!((within.userinfo, within.id_token), (known, ClaimSet::NONE));
        assert_eq!(requested.scope_tokens().count(), StandardClaim::ALL.len());
    }

    proptest! {
        #[test]
        fn a_set_comes_back_from_its_bits(bits: u32) {
            let set = ClaimSet::from_bits(bits);
            prop_assert_eq!(ClaimSet::from_bits(set.bits()), set);
        }
    }
}
