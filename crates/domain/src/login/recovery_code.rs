//! Recovery codes: single-use substitutes for the authenticator app.

use crate::secret::{Secret, SecretDigest};
use alloc::string::String;

/// Number of codes in a set.
pub const COUNT: usize = 10;

/// Random bytes in a code: enough to prevent guessing, few enough to type.
pub const BYTES: usize = 10;

/// Alphabet of Crockford's Base32.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Formats a code for display: sixteen characters of Crockford's Base32, which are hard to confuse, in four groups.
#[must_use]
pub fn written(random: [u8; BYTES]) -> String {
    let mut text = String::with_capacity(19);
    for (index, group) in random.as_chunks::<5>().0.iter().enumerate() {
        let bits = group
            .iter()
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for place in 0..8_u32 {
            if place == 4 || (place == 0 && index > 0) {
                text.push('-');
            }
            // Five bits, so the index is always in the alphabet.
            let digit = (bits >> (35 - 5 * place)) & 31;
            let character = ALPHABET.get(usize::try_from(digit).unwrap_or_default());
            text.extend(character.map(|byte| char::from(*byte)));
        }
    }
    text
}

/// Returns the digest of an entered code. Ignores case, hyphens and spaces, and reads O as 0 and I and L as 1.
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
    fn recovery_codes_have_four_groups_and_differ() {
        for (random, code) in [
            ([0xff; BYTES], "ZZZZ-ZZZZ-ZZZZ-ZZZZ"),
            ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "0410-6105-0R3G-G28A"),
            (
                [0xb8, 0xf0, 0x1d, 0x4c, 0x9a, 0x33, 0x7e, 0x65, 0xd2, 0x48],
                "Q3R1-TK4T-6DZ6-BMJ8",
            ),
        ] {
            assert_eq!(written(random), code);
        }
    }

    #[test]
    fn recovery_code_digest_ignores_case_and_separators() {
        let code = digest("0123-4567-89AB-CDEF");
        assert!(digest(" 0123 4567 89ab cdef").is(&code));
        assert!(digest("Oi23456789abcdef").is(&code));
        assert!(!digest("0123-4567-89AB-CDEG").is(&code));
    }
}
