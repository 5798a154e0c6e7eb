//! Scopes (RFC 6749 section 3.3).

use crate::evidence::Evidence;
use crate::refusal::Refusal;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

crate::error_type! {
    /// The text breaks the grammar `scope-token *( SP scope-token )` of RFC 6749 section 3.3.
    #[error(
        "a scope has at most 2048 characters: tokens of printable ASCII without quotes or backslashes, separated by single spaces"
    )]
    pub struct InvalidScope;
}

/// Handling of a requested scope token that the client may not get.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnregisteredScope {
    /// Refuse the request. The client learns at once that its registration lacks the scope token.
    #[default]
    Refuse,
    /// Leave the scope token out (RFC 6749 section 3.3, OpenID Connect Core section 3.1.2.1). The response says which
    /// scope was granted.
    Ignore,
}
crate::wire_names!(UnregisteredScope {
    Refuse = "refuse",
    Ignore = "ignore",
});

impl UnregisteredScope {
    /// Returns whether to leave out this scope token.
    ///
    /// `offline_access` asks for a longer grant, not for access, and many clients always send it: it is never a reason to
    /// refuse. Without `openid`, the response would lack the ID token that the client waits for, so it is never left
    /// out.
    fn leaves_out(self, token: &str) -> bool {
        match token {
            Scope::OFFLINE_ACCESS => true,
            Scope::OPENID => false,
            _ => self == Self::Ignore,
        }
    }
}

/// `scope` parameter of a request, not yet validated.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestedScope<'a> {
    /// The parameter; `None` means all scope that the client may get.
    pub text: Option<&'a str>,
    /// Handling of scope tokens that the client may not get.
    pub unregistered: UnregisteredScope,
}

impl<'a> From<Option<&'a str>> for RequestedScope<'a> {
    /// Refuses scope tokens that the client may not get.
    fn from(text: Option<&'a str>) -> Self {
        Self {
            text,
            unregistered: UnregisteredScope::Refuse,
        }
    }
}

/// List of scope tokens without duplicates, in their original order. A clone shares the text.
///
/// Two scopes are equal if they have the same tokens in the same order. [`Scope::is_subset_of`] ignores the order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope(Arc<str>);

impl Scope {
    /// Scope token that requests an ID token (OpenID Connect Core section 3.1.2.1).
    pub const OPENID: &'static str = "openid";

    /// Scope token that requests a grant that outlives the session (OpenID Connect Core section 11).
    pub const OFFLINE_ACCESS: &'static str = "offline_access";

    /// Maximum length in characters.
    pub const MAX_LENGTH: usize = 2048;

    /// Returns the empty scope, such as that of a client registered without scope.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Parses the wire form. Duplicate tokens are dropped.
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        // Every token is compared with every other. The limit keeps that cheap.
        if text.len() > Self::MAX_LENGTH {
            return Err(InvalidScope);
        }
        let tokens = || text.split(' ').enumerate();
        if tokens().any(|(_, token)| token.is_empty() || !token.bytes().all(is_scope_character)) {
            return Err(InvalidScope);
        }
        let is_first = |&(place, token): &(usize, &str)| {
            let mut earlier = text.split(' ').take(place);
            !earlier.any(|earlier| earlier == token)
        };
        if tokens().all(|token| is_first(&token)) {
            return Ok(Self(text.into()));
        }
        let unique: Vec<&str> = tokens().filter(is_first).map(|(_, token)| token).collect();
        Ok(Self(unique.join(" ").into()))
    }

    /// Returns the wire form: tokens separated by one space.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the tokens in order.
    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|token| !token.is_empty())
    }

    /// Returns whether the scope has no tokens.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether the scope has this token.
    #[must_use]
    pub fn contains(&self, token: &str) -> bool {
        self.tokens().any(|own| own == token)
    }

    /// Returns the requested part of this scope, or all of it if the parameter is absent (RFC 6749 section 3.3).
    ///
    /// Refuses a malformed parameter with [`Refusal::ScopeMalformed`]. Calls `too_wide` with the first requested token
    /// that is not in this scope, unless it is to be left out. Also calls it if no token is left.
    pub fn narrowed(
        &self,
        requested: RequestedScope<'_>,
        too_wide: fn(Evidence) -> Refusal,
    ) -> Result<Self, Refusal> {
        let Some(text) = requested.text.filter(|text| !text.is_empty()) else {
            return Ok(self.clone());
        };
        let scope = Self::parse(text).map_err(|_| Refusal::ScopeMalformed)?;
        if scope.is_subset_of(self) {
            return Ok(scope);
        }
        let is_refused =
            |token: &&str| !self.contains(token) && !requested.unregistered.leaves_out(token);
        if let Some(token) = scope.tokens().find(is_refused) {
            return Err(too_wide(Evidence::of(token)));
        }
        let granted = scope.intersection(self);
        if granted.is_empty() {
            return Err(too_wide(Evidence::of(text)));
        }
        Ok(granted)
    }

    /// Returns the tokens of this scope that are also in `other`.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        if self.is_subset_of(other) {
            return self.clone();
        }
        let common: Vec<&str> = self
            .tokens()
            .filter(|token| other.contains(token))
            .collect();
        Self(common.join(" ").into())
    }

    /// Returns whether every token of this scope is also in `wider`.
    #[must_use]
    pub fn is_subset_of(&self, wider: &Self) -> bool {
        self.0 == wider.0 || self.tokens().all(|token| wider.contains(token))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `%x21 / %x23-5B / %x5D-7E`
const fn is_scope_character(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[test]
    fn parsed_scope_keeps_order_and_drops_duplicates() {
        let scope = Scope::parse("write read write api:read").unwrap();
        assert_eq!(scope.as_str(), "write read api:read");
    }

    #[test]
    fn scope_parser_enforces_grammar() {
        for bad in [
            "", " ", "a  b", " a", "a ", "a\tb", "a\"", "a\\b", "é", "a\u{7f}",
        ] {
            assert_eq!(Scope::parse(bad), Err(InvalidScope), "{bad:?}");
        }
        for good in [
            "!",
            "user:information",
            "https://example.com/read",
            "a~b",
            "[x]",
        ] {
            assert!(Scope::parse(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn scope_over_maximum_length_is_invalid() {
        let tokens = |count: usize| "ab ".repeat(count) + "c";
        assert!(Scope::parse(&tokens(682)).is_ok());
        assert_eq!(Scope::parse(&tokens(683)), Err(InvalidScope));
    }

    #[test]
    fn scope_token_prefix_is_not_a_match() {
        let registered = Scope::parse("reader").unwrap();
        assert!(!Scope::parse("read").unwrap().is_subset_of(&registered));
    }

    fn refused(evidence: Evidence) -> Refusal {
        Refusal::ScopeNotRegistered(evidence)
    }

    #[test]
    fn openid_is_never_left_out() {
        let allowed = Scope::parse("read").unwrap();
        let requested = RequestedScope {
            text: Some("openid read"),
            unregistered: UnregisteredScope::Ignore,
        };
        let expected = Err(refused(Evidence::of("openid")));
        assert_eq!(allowed.narrowed(requested, refused), expected);
    }

    #[test]
    fn request_that_would_get_no_scope_is_refused() {
        let allowed = Scope::parse("read").unwrap();
        let requested = Some("offline_access").into();
        let expected = Err(refused(Evidence::of("offline_access")));
        assert_eq!(allowed.narrowed(requested, refused), expected);
    }

    proptest! {
        #[test]
        fn granted_scope_is_within_allowed_scope(allowed in "[a-c]( [a-f]){0,4}", requested in "[a-f]( [a-f]){0,4}", ignore: bool) {
            let allowed = Scope::parse(&allowed).unwrap();
            let unregistered = if ignore { UnregisteredScope::Ignore } else { UnregisteredScope::Refuse };
            let requested = RequestedScope { text: Some(&requested), unregistered };
            if let Ok(granted) = allowed.narrowed(requested, refused) {
                prop_assert!(!granted.is_empty() && granted.is_subset_of(&allowed));
            }
        }

        #[test]
        fn scope_round_trips_through_its_text(tokens in prop::collection::vec("[!#-\\[\\]-~]{1,8}", 1..6)) {
            let scope = Scope::parse(&tokens.join(" ")).unwrap();
            prop_assert_eq!(Scope::parse(scope.as_str()), Ok(scope.clone()));
            prop_assert!(scope.is_subset_of(&scope));
            prop_assert!(Scope::none().is_subset_of(&scope));
        }

        #[test]
        fn subset_contains_no_other_tokens(all in prop::collection::vec("[a-z]{1,3}", 1..6), take in prop::collection::vec(any::<prop::sample::Index>(), 1..6)) {
            let wide = Scope::parse(&all.join(" ")).unwrap();
            let narrow: Vec<&str> = take.iter().map(|index| index.get(&all).as_str()).collect();
            prop_assert!(Scope::parse(&narrow.join(" ")).unwrap().is_subset_of(&wide));
            let stranger = Scope::parse("UPPER").unwrap();
            prop_assert!(!stranger.is_subset_of(&wide));
        }
    }
}
