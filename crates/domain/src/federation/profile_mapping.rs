//! Which claims of a provider become the profile of a user.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Field of a user's profile that a provider can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProfileField {
    /// Email address.
    Email,
    /// Full name.
    Name,
    /// Given name.
    GivenName,
    /// Family name.
    FamilyName,
    /// Name that the user is called by at the provider.
    PreferredUsername,
    /// URL of a picture.
    Picture,
    /// Language.
    Locale,
}
crate::wire_names!(ProfileField {
    Email = "email",
    Name = "name",
    GivenName = "given_name",
    FamilyName = "family_name",
    PreferredUsername = "preferred_username",
    Picture = "picture",
    Locale = "locale",
});

/// Claims of the provider by profile field. The first claim of a field that is there sets it. A field without claims is
/// not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileMapping(BTreeMap<ProfileField, Vec<String>>);

impl ProfileMapping {
    /// Maximum number of claims of a field.
    pub const MOST_CLAIMS: usize = 5;

    /// Maximum length of the name of a claim in bytes.
    pub const LONGEST_CLAIM: usize = 128;

    /// Sets the claims of a field.
    pub fn set(&mut self, field: ProfileField, claims: Vec<String>) {
        self.0.insert(field, claims);
    }

    /// Returns the claims of a field, in order.
    #[must_use]
    pub fn claims(&self, field: ProfileField) -> &[String] {
        self.0.get(&field).map_or(&[], Vec::as_slice)
    }

    /// Returns the value of a field, given the text of each claim.
    pub fn value<T>(&self, field: ProfileField, text: impl FnMut(&str) -> Option<T>) -> Option<T> {
        self.claims(field).iter().map(String::as_str).find_map(text)
    }

    /// Returns all fields with their claims.
    pub fn iter(&self) -> impl Iterator<Item = (ProfileField, &[String])> {
        let all = self.0.iter();
        all.map(|(field, claims)| (*field, claims.as_slice()))
    }

    /// Returns whether all lists are short and all names valid.
    pub(super) fn is_valid(&self) -> bool {
        self.iter().all(|(_, claims)| are_claims(claims))
    }
}

/// Aero2's mapping. The other fields have the claims of OpenID Connect.
impl Default for ProfileMapping {
    fn default() -> Self {
        let mut mapping = Self(BTreeMap::new());
        for field in ProfileField::ALL {
            let fallbacks: &[&str] = match field {
                ProfileField::Email => &["email", "mail"],
                ProfileField::Name => &["name", "displayName", "login"],
                ProfileField::Picture => &["picture", "avatar_url", "photo"],
                _ => &[field.as_str()],
            };
            let claims = fallbacks.iter().map(ToString::to_string);
            mapping.set(*field, claims.collect());
        }
        mapping
    }
}

/// Returns whether a list of claims is short and its names are valid.
pub(super) fn are_claims(claims: &[String]) -> bool {
    claims.len() <= ProfileMapping::MOST_CLAIMS && claims.iter().all(|claim| is_claim(claim))
}

/// Returns whether a text can be the name of a claim.
pub(super) fn is_claim(text: &str) -> bool {
    (1..=ProfileMapping::LONGEST_CLAIM).contains(&text.len()) && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_claim_that_is_there_sets_the_field() {
        let mut mapping = ProfileMapping::default();
        let value = |mapping: &ProfileMapping, field, there: &[&str]| {
            mapping.value(field, |claim| {
                there.contains(&claim).then(|| claim.to_string())
            })
        };
        let claim = value(&mapping, ProfileField::Name, &["login", "displayName"]);
        assert_eq!(claim.as_deref(), Some("displayName"));
        let claim = value(&mapping, ProfileField::Email, &["mail"]);
        assert_eq!(claim.as_deref(), Some("mail"));
        assert_eq!(value(&mapping, ProfileField::Picture, &["image"]), None);
        mapping.set(ProfileField::Picture, Vec::new());
        assert_eq!(value(&mapping, ProfileField::Picture, &["picture"]), None);
    }
}
