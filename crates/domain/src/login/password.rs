//! Passwords that people choose (NIST SP 800-63B section 5.1.1.2): length counts, kinds of characters do not.

use crate::refusal::Refusal;
use crate::user::Email;
use alloc::collections::BTreeSet;

/// Characters that a password has at least.
pub const LEAST: usize = 10;

/// Bytes that a password has at most: longer than any pass phrase, and no burden to hash.
pub const MOST: usize = 1024;

/// Passwords of at least [`LEAST`] characters that lists of stolen ones begin with, in lower case and without what
/// people put at the end.
const WELL_KNOWN: [&str; 16] = [
    "password",
    "passw0rd",
    "p@ssword",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "iloveyou",
    "letmein",
    "welcome",
    "administrator",
    "changeme",
    "basketball",
    "sunshine",
    "secret",
];

/// Whether a user of this address may take this password.
pub fn may_be_chosen(password: &str, email: &Email) -> Result<(), Refusal> {
    let folded = password.to_lowercase();
    let distinct: BTreeSet<char> = folded.chars().collect();
    let core = folded.trim_end_matches(|character: char| !character.is_alphabetic());
    let local = email.as_str().split('@').next().unwrap_or_default();
    let is_run = folded
        .as_bytes()
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if b.wrapping_sub(*a) == 1 || (*a, *b) == (b'9', b'0')));
    let is_weak = password.chars().count() < LEAST
        || password.len() > MOST
        || distinct.len() < 5
        || is_run
        || folded == email.as_str()
        || core == local
        || WELL_KNOWN.contains(&core)
        || WELL_KNOWN.contains(&folded.as_str());
    if is_weak {
        Err(Refusal::PasswordWeak)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_first_is_refused() {
        let email = Email::parse("jonathan@example.com").unwrap();
        for weak in [
            "",
            "short",
            "nine char",
            "aaaaaaaaaaaa",
            "abababababab",
            "1234567890",
            "12345678901234",
            "abcdefghijkl",
            "Password123!",
            "QWERTYUIOP",
            "1q2w3e4r5t",
            "jonathan2024",
            "Jonathan@example.com",
        ] {
            assert_eq!(
                may_be_chosen(weak, &email),
                Err(Refusal::PasswordWeak),
                "{weak}"
            );
        }
        let long = "correct horse ".repeat(100);
        assert_eq!(may_be_chosen(&long, &email), Err(Refusal::PasswordWeak));
        for good in ["SecurePassword123!", "drei grüne Eulen", "x9#kL2mQw!"] {
            assert_eq!(may_be_chosen(good, &email), Ok(()), "{good}");
        }
    }
}
