//! Password policy (NIST SP 800-63B section 5.1.1.2): a minimum length and a minimum strength, but no required character
//! classes. An adapter estimates the strength.

use crate::login::weakness::Weakness;
use crate::refusal::Refusal;

/// Minimum length of a password in characters.
pub const LEAST: usize = 10;

/// Maximum length of a password in bytes. It leaves room for passphrases and bounds the cost of hashing.
pub const MOST: usize = 1024;

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
