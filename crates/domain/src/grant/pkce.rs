//! Proof Key for Code Exchange (RFC 7636).

use alloc::string::String;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use core::fmt;
use hmac_sha256::Hash;
use subtle::ConstantTimeEq as _;

crate::error_type! {
    /// The text violates the grammar of RFC 7636 section 4.1 or 4.2.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidProofKey {
        /// Not 43 to 128 unreserved characters.
        #[error("a code verifier has 43 to 128 characters of A-Z a-z 0-9 - . _ ~")]
        Verifier,
        /// Not a SHA-256 digest in 43 characters of unpadded base64url.
        #[error("an S256 code challenge is a SHA-256 digest in unpadded base64url, 43 characters")]
        Challenge,
    }
}

/// Code verifier: the client's secret for one authorization (RFC 7636 section 4.1).
#[derive(Clone)]
pub struct CodeVerifier(String);

impl CodeVerifier {
    /// Validates length and characters.
    pub fn parse(text: &str) -> Result<Self, InvalidProofKey> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if (43..=128).contains(&text.len()) && text.bytes().all(unreserved) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidProofKey::Verifier)
        }
    }

    fn digest(&self) -> [u8; 32] {
        Hash::hash(self.0.as_bytes())
    }
}

impl fmt::Debug for CodeVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeVerifier(..)")
    }
}

/// Method that derives a challenge from its verifier (RFC 7636 section 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeMethod {
    /// SHA-256.
    S256,
    /// The challenge equals the verifier. Only for clients with
    /// [`PkcePolicy::plain_allowed`](crate::client::PkcePolicy::plain_allowed).
    Plain,
}

impl ChallengeMethod {
    /// Parses `code_challenge_method`. An absent parameter means `plain` (RFC 7636 section 4.3).
    /// Returns `None` for an unknown method.
    #[must_use]
    pub fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            Some("S256") => Some(Self::S256),
            Some("plain") | None => Some(Self::Plain),
            Some(_) => None,
        }
    }
}

/// Code challenge of an authorization request.
///
/// Holds the SHA-256 digest of the verifier, for `plain` too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CodeChallenge([u8; 32]);

impl CodeChallenge {
    /// Parses `code_challenge` for the given method.
    pub fn parse(text: &str, method: ChallengeMethod) -> Result<Self, InvalidProofKey> {
        match method {
            ChallengeMethod::Plain => {
                CodeVerifier::parse(text).map(|verifier| Self(verifier.digest()))
            }
            ChallengeMethod::S256 => {
                let mut digest = [0; 32];
                match Base64UrlUnpadded::decode(text, &mut digest) {
                    Ok(decoded) if decoded.len() == 32 => Ok(Self(digest)),
                    _ => Err(InvalidProofKey::Challenge),
                }
            }
        }
    }

    /// Creates a challenge from the output of [`CodeChallenge::as_bytes`].
    #[must_use]
    pub const fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Returns the SHA-256 digest of the verifier.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns whether `verifier` matches this challenge (RFC 7636 section 4.6). Compares in constant time.
    #[must_use]
    pub fn is_answered_by(&self, verifier: &CodeVerifier) -> bool {
        self.0.ct_eq(&verifier.digest()).into()
    }
}

impl fmt::Debug for CodeChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeChallenge(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn rfc_7636_appendix_b_example_matches() {
        let challenge = CodeChallenge::parse(CHALLENGE, ChallengeMethod::S256).unwrap();
        assert!(challenge.is_answered_by(&CodeVerifier::parse(VERIFIER).unwrap()));
        assert!(!challenge.is_answered_by(&CodeVerifier::parse(CHALLENGE).unwrap()));
    }

    #[test]
    fn plain_challenge_equals_its_verifier() {
        let challenge = CodeChallenge::parse(VERIFIER, ChallengeMethod::Plain).unwrap();
        assert!(challenge.is_answered_by(&CodeVerifier::parse(VERIFIER).unwrap()));
        assert!(!challenge.is_answered_by(&CodeVerifier::parse(CHALLENGE).unwrap()));
    }

    #[test]
    fn verifier_needs_43_to_128_unreserved_characters() {
        for length in [43, 128] {
            assert!(CodeVerifier::parse(&"a".repeat(length)).is_ok(), "{length}");
        }
        for length in [0, 42, 129] {
            assert!(
                CodeVerifier::parse(&"a".repeat(length)).is_err(),
                "{length}"
            );
        }
        assert!(CodeVerifier::parse(&"a+".repeat(30)).is_err());
        assert!(CodeVerifier::parse(&"é".repeat(30)).is_err());
    }

    #[test]
    fn s256_challenge_needs_43_base64url_characters() {
        for bad in [
            "",
            "abc",
            &CHALLENGE[..42],
            &alloc::format!("{CHALLENGE}="),
            &alloc::format!("{CHALLENGE}AA"),
        ] {
            assert!(
                CodeChallenge::parse(bad, ChallengeMethod::S256).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn absent_method_means_plain_and_unknown_method_is_rejected() {
        assert_eq!(ChallengeMethod::parse(None), Some(ChallengeMethod::Plain));
        assert_eq!(ChallengeMethod::parse(Some("s256")), None);
    }

    proptest! {
        #[test]
        fn challenge_matches_only_its_own_verifier(own in "[A-Za-z0-9._~-]{43,128}", other in "[A-Za-z0-9._~-]{43,128}") {
            let challenge = CodeChallenge::parse(&own, ChallengeMethod::Plain).unwrap();
            prop_assert!(challenge.is_answered_by(&CodeVerifier::parse(&own).unwrap()));
            prop_assert_eq!(challenge.is_answered_by(&CodeVerifier::parse(&other).unwrap()), own == other);
        }

        #[test]
        fn pkce_parsers_never_panic(text in "\\PC{0,140}") {
            let _ = CodeVerifier::parse(&text);
            let _ = CodeChallenge::parse(&text, ChallengeMethod::S256);
        }
    }
}
