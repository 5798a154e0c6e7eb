//! Evidence of a refusal: the offending value, safe to log.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

/// Value that broke a rule, truncated to [`Evidence::MAX_LENGTH`] characters and without control characters.
///
/// Never a secret: refusals about secrets carry no evidence.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Evidence(Box<str>);

impl Evidence {
    /// Maximum length in characters. A longer value is truncated and ends in an ellipsis.
    pub const MAX_LENGTH: usize = 128;

    /// Creates evidence from a value of a request or a stored fact.
    #[must_use]
    pub fn of(value: impl fmt::Display) -> Self {
        let mut text = Bounded {
            text: String::new(),
            room: Self::MAX_LENGTH,
        };
        // An error means that the value was truncated.
        let _ = fmt::write(&mut text, format_args!("{value}"));
        Self(text.text.into_boxed_str())
    }

    /// Returns the loggable value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

struct Bounded {
    text: String,
    room: usize,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if self.room == 0 {
                self.text.push('\u{2026}');
                return Err(fmt::Error);
            }
            self.room -= 1;
            self.text.push(if character.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                character
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_bounded_and_has_no_control_characters() {
        let long = "x".repeat(500);
        assert_eq!(
            Evidence::of(&long).as_str().chars().count(),
            Evidence::MAX_LENGTH + 1
        );
        assert_eq!(
            Evidence::of("a\nb\u{1b}[31m").as_str(),
            "a\u{fffd}b\u{fffd}[31m"
        );
        assert_eq!(
            Evidence::of("https://app.example").as_str(),
            "https://app.example"
        );
    }
}
