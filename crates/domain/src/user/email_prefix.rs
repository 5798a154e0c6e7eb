//! Beginnings of email addresses, for searches.

use super::Email;
use alloc::string::String;
use core::fmt;

crate::error_type! {
    /// The text is not the beginning of an email address.
    #[error("the beginning of an email address has 1 to 254 characters, at most one @ and no spaces")]
    pub struct InvalidEmailPrefix;
}

/// Beginning of an email address in lower case, as stored addresses are.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailPrefix(String);

impl EmailPrefix {
    /// Validates the beginning of an address and converts it to lower case. Every prefix of a valid [`Email`] is valid.
    pub fn parse(text: &str) -> Result<Self, InvalidEmailPrefix> {
        let folded = text.to_lowercase();
        let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
        let is_valid = (1..=254).contains(&folded.len())
            && folded.chars().all(is_plain)
            && folded.matches('@').count() <= 1
            && !folded.starts_with('@');
        if is_valid {
            Ok(Self(folded))
        } else {
            Err(InvalidEmailPrefix)
        }
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether an address begins with this text.
    #[must_use]
    pub fn begins(&self, email: &Email) -> bool {
        email.as_str().starts_with(&self.0)
    }

    /// Returns the first text after all texts that begin with this one, in the order of their bytes. `None` if there is
    /// no such text. With it, an index finds the addresses as one range.
    #[must_use]
    pub fn end(&self) -> Option<String> {
        let mut end = self.0.clone();
        while let Some(last) = end.pop() {
            let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
            if let Some(next) = next {
                end.push(next);
                return Some(end);
            }
        }
        None
    }
}

/// Omits the text, which may be personal data.
impl fmt::Debug for EmailPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailPrefix(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prefix_of_an_address_is_valid() {
        let email = Email::parse("Jörg.\u{1F600}@Example.COM").unwrap();
        for (place, _) in email.as_str().char_indices().skip(1) {
            let prefix = EmailPrefix::parse(&email.as_str()[..place]).unwrap();
            assert!(prefix.begins(&email));
        }
        assert!(EmailPrefix::parse("JÖRG").unwrap().begins(&email));
        assert!(!EmailPrefix::parse("j\u{f6}rgen").unwrap().begins(&email));
    }

    #[test]
    fn malformed_prefix_is_rejected() {
        let long = "a".repeat(255);
        for bad in ["", " ", "a b", "a\0", "@example.com", "a@b@", &long] {
            assert_eq!(EmailPrefix::parse(bad), Err(InvalidEmailPrefix), "{bad:?}");
        }
    }

    #[test]
    fn end_follows_every_text_with_the_prefix() {
        for (prefix, end) in [
            ("jo", Some("jp")),
            ("j\u{d7ff}", Some("j\u{e000}")),
            ("j\u{10ffff}", Some("k")),
            ("\u{10ffff}", None),
        ] {
            let prefix = EmailPrefix::parse(prefix).unwrap();
            assert_eq!(prefix.end().as_deref(), end);
            for tail in ["", "a", "\u{10ffff}\u{10ffff}"] {
                let text = alloc::format!("{}{tail}", prefix.as_str());
                assert!(end.is_none_or(|end| text.as_bytes() < end.as_bytes()));
            }
        }
    }
}
