//! Password policy (NIST SP 800-63B section 5.1.1.2): a minimum length, but no required character classes.

use crate::refusal::Refusal;
use crate::user::Email;
use alloc::collections::BTreeSet;

/// Minimum length of a password in characters.
pub const LEAST: usize = 10;

/// Maximum length of a password in bytes. It leaves room for passphrases and bounds the cost of hashing.
pub const MOST: usize = 1024;

/// Most common leaked passwords in lower case, without trailing digits and punctuation.
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

/// Checks that a user with this email address may choose this password.
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
    fn weak_password_is_refused() {
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
