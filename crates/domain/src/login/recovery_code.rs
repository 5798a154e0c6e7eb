//! Recovery codes: each is good once in the place of the authenticator app.

use crate::secret::{Secret, SecretDigest};
use alloc::string::String;

/// How many a user gets at a time.
pub const COUNT: usize = 10;

/// Random bytes in a code: too many to be guessed, few enough to be typed.
pub const BYTES: usize = 10;

/// Digits and letters that are not taken for one another (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code as its owner writes it down: sixteen characters in four groups.
#[must_use]
pub fn written(random: [u8; BYTES]) -> String {
    let mut text = String::with_capacity(19);
    let mut bits: u32 = 0;
    let mut held = 0;
    for byte in random {
        bits = bits << 8 | u32::from(byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            let index = usize::try_from(bits >> held & 31).unwrap_or_default();
            if text.len() % 5 == 4 {
                text.push('-');
            }
            text.extend(ALPHABET.get(index).copied().map(char::from));
        }
    }
    text
}

/// The digest of a code as it was typed: case, hyphens and spaces are of no account, and letters that look
/// like digits are read as those.
#[must_use]
pub fn digest(typed: &str) -> SecretDigest {
    let plain: String = typed
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '-')
        .map(|character| match character.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    Secret::new(plain).digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_four_groups_and_no_two_are_alike() {
        let code = written([0xff; BYTES]);
        assert_eq!(code, "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
        assert_ne!(
            written([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
            written([1; BYTES])
        );
    }

    #[test]
    fn however_it_is_typed_it_is_the_same_code() {
        let code = digest("0123-4567-89AB-CDEF");
        assert!(digest(" 0123 4567 89ab cdef").is(&code));
        assert!(digest("Oi23456789abcdef").is(&code));
        assert!(!digest("0123-4567-89AB-CDEG").is(&code));
    }
}
