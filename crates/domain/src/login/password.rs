//! Password policy (NIST SP 800-63B section 5.1.1.2): a minimum length and a minimum strength, but no required character
//! classes. An adapter estimates the strength.

use crate::refusal::Refusal;

/// Minimum length of a password in characters.
pub const LEAST: usize = 10;

/// Maximum length of a password in bytes. It leaves room for passphrases and bounds the cost of hashing.
pub const MOST: usize = 1024;

/// Reason why a user may not choose a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Weakness {
    /// Shorter than [`LEAST`].
    #[error("it has fewer than 10 characters")]
    Short,
    /// Longer than [`MOST`].
    #[error("it has more than 1024 bytes")]
    Long,
    /// A common password, or one that is similar.
    #[error("it is a common password")]
    Common,
    /// Consists mostly of the user's name or email address.
    #[error("it is too similar to the name or the email address")]
    Personal,
    /// Too few guesses, for example a repeated word or a row of keys.
    #[error("it is too easy to guess")]
    Guessable,
}

/// Checks that a user may choose a password of this length.
pub fn may_be_chosen(password: &str) -> Result<(), Refusal> {
    let weakness = if password.chars().count() < LEAST {
        Weakness::Short
    } else if password.len() > MOST {
        Weakness::Long
    } else {
        return Ok(());
    };
    Err(Refusal::PasswordWeak(weakness))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn password_has_10_characters_to_1024_bytes() {
        let refused = |weakness| Err(Refusal::PasswordWeak(weakness));
        assert_eq!(may_be_chosen("123456789"), refused(Weakness::Short));
        assert_eq!(may_be_chosen("ä23456789"), refused(Weakness::Short));
        assert_eq!(may_be_chosen("1234567890"), Ok(()));
        assert_eq!(may_be_chosen(&"a".repeat(1024)), Ok(()));
        assert_eq!(may_be_chosen(&"a".repeat(1025)), refused(Weakness::Long));
    }

    #[test]
    fn messages_name_the_limits() {
        assert!(Weakness::Short.to_string().contains(&LEAST.to_string()));
        assert!(Weakness::Long.to_string().contains(&MOST.to_string()));
    }
}
