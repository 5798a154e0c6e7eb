//! User codes (RFC 8628 section 6.1).

use alloc::string::String;
use core::fmt;

crate::error_type! {
    /// The text is not a user code.
    #[error("a user code has eight letters of BCDFGHJKLMNPQRSTVWXZ")]
    pub struct InvalidUserCode;
}

/// User code: eight letters that a person reads on a device and types in a browser.
///
/// There are no vowels, so no code is a word, and no digits, which people confuse with letters. 20 letters in eight places
/// give 34.5 bits. Guesses must be limited (RFC 8628 section 5.1).
#[derive(Clone, PartialEq, Eq)]
pub struct UserCode(String);

impl UserCode {
    /// Letters of a code.
    const LETTERS: [u8; 20] = *b"BCDFGHJKLMNPQRSTVWXZ";

    /// Number of letters.
    pub const LENGTH: usize = 8;

    /// Returns the code of a random number. Numbers of 64 random bits give each code with the same probability, to within
    /// 10⁻⁹.
    #[must_use]
    pub fn from_random(number: u64) -> Self {
        let mut rest = number;
        let letters = (0..Self::LENGTH).map(|_| {
            let at = usize::try_from(rest % 20).unwrap_or_default();
            rest /= 20;
            char::from(Self::LETTERS.get(at).copied().unwrap_or(b'B'))
        });
        Self(letters.collect())
    }

    /// Reads a code as a person types it: in any case, with any spaces and punctuation.
    pub fn parse(text: &str) -> Result<Self, InvalidUserCode> {
        let typed = text.chars().filter(|letter| letter.is_alphanumeric());
        // One more letter than a code has shows that the text is too long.
        let code: String = typed
            .take(Self::LENGTH + 1)
            .map(|letter| letter.to_ascii_uppercase())
            .collect();
        let is_code =
            code.len() == Self::LENGTH && code.bytes().all(|byte| Self::LETTERS.contains(&byte));
        is_code.then_some(Self(code)).ok_or(InvalidUserCode)
    }

    /// Returns the letters without a hyphen, for the key of the store.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }

    /// Returns the code as the device shows it: `WDJB-MJHT`. A live code is confidential, so never log it.
    #[must_use]
    pub fn shown(&self) -> String {
        let (first, second) = self
            .0
            .split_at_checked(Self::LENGTH / 2)
            .unwrap_or_default();
        alloc::format!("{first}-{second}")
    }
}

/// Omits the code, with which a stranger could answer the request.
impl fmt::Debug for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn typed_code_may_have_any_case_and_punctuation() {
        let code = UserCode::parse("WDJB-MJHT").unwrap();
        for text in [
            "wdjbmjht",
            " wdjb mjht ",
            "WDJB\u{2010}MJHT",
            "w.d.j.b/m_j-h t",
        ] {
            assert_eq!(UserCode::parse(text), Ok(code.clone()), "{text}");
        }
        assert_eq!(code.shown(), "WDJB-MJHT");
        assert_eq!(alloc::format!("{code:?}"), "UserCode(..)");
    }

    #[test]
    fn text_with_other_letters_or_length_is_no_code() {
        for text in [
            "",
            "WDJB-MJH",
            "WDJB-MJHTB",
            "WDJB-MJHA",
            "WDJB-MJH1",
            "WDJB-MJHß",
        ] {
            assert_eq!(UserCode::parse(text), Err(InvalidUserCode), "{text}");
        }
    }

    proptest! {
        #[test]
        fn random_code_reads_back(number in any::<u64>()) {
            let code = UserCode::from_random(number);
            prop_assert_eq!(UserCode::parse(&code.shown()), Ok(code));
        }
    }

    #[test]
    fn random_numbers_reach_first_and_last_code() {
        assert_eq!(UserCode::from_random(0).shown(), "BBBB-BBBB");
        assert_eq!(
            UserCode::from_random(20_u64.pow(8) - 1).shown(),
            "ZZZZ-ZZZZ"
        );
    }
}
