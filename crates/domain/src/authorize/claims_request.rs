//! Standard claims (OpenID Connect Core section 5.1), and the claims that a client requests.

use crate::scope::Scope;
use core::ops::BitOr;

/// Standard claim about a user.
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
    /// Returns the scope token that requests this claim (OpenID Connect Core section 5.4).
    #[must_use]
    pub const fn scope_token(self) -> &'static str {
        match self {
            Self::Email | Self::EmailVerified => "email",
            Self::Address => "address",
            Self::PhoneNumber | Self::PhoneNumberVerified => "phone",
            _ => "profile",
        }
    }

    /// Bit of this claim in a [`ClaimSet`]. Stored and sealed values contain these bits, so they must never change. Add
    /// new claims at the end.
    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Set of standard claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClaimSet(u32);

impl ClaimSet {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// Returns the claims that the scope requests (OpenID Connect Core section 5.4).
    #[must_use]
    pub fn of_scope(scope: &Scope) -> Self {
        StandardClaim::ALL
            .iter()
            .filter(|claim| scope.contains(claim.scope_token()))
            .copied()
            .collect()
    }

    /// Returns whether the set contains `claim`.
    #[must_use]
    pub const fn contains(self, claim: StandardClaim) -> bool {
        self.0 & claim.bit() != 0
    }

    /// Returns whether the set has no known claims.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }

    /// Returns the known claims, in the order of the specification.
    pub fn iter(self) -> impl Iterator<Item = StandardClaim> {
        StandardClaim::ALL
            .iter()
            .copied()
            .filter(move |claim| self.contains(*claim))
    }

    /// Returns the set as a number, for a store or a sealed value.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Creates a set from the output of [`ClaimSet::bits`] of this or a later version. Unknown claims stay in the set
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

/// Individually requested claims (OpenID Connect Core section 5.5), in addition to the claims of the scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RequestedClaims {
    /// Claims for the userinfo endpoint.
    pub userinfo: ClaimSet,
    /// Claims for the ID token.
    pub id_token: ClaimSet,
}

impl RequestedClaims {
    /// Returns the claims that `scope` covers. A client therefore cannot request claims beyond its registered scope.
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

    /// Returns the scope tokens that cover these claims, with duplicates.
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
    fn scope_requests_only_its_own_claims() {
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
    fn unknown_claims_are_kept_but_never_released() {
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
        fn claim_set_round_trips_through_its_bits(bits: u32) {
            let set = ClaimSet::from_bits(bits);
            prop_assert_eq!(ClaimSet::from_bits(set.bits()), set);
        }
    }
}
