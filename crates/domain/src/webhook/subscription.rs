//! Event types that a webhook wants.

use alloc::string::String;
use core::fmt;

crate::error_type! {
    /// The text is not an event type or the beginning of event types.
    #[error("must be an event type such as user.signed_in, or all types of an object such as user.*")]
    pub struct InvalidEventPattern;
}

/// Event type such as `user.signed_in`, or all types of an object: `user.*`. It may name events of a later version.
#[derive(Clone, PartialEq, Eq)]
pub struct EventPattern(String);

impl EventPattern {
    /// Maximum length in characters.
    pub const MAX_LENGTH: usize = 64;

    /// Validates the text: an object, a dot, and an event or `*`.
    pub fn parse(text: &str) -> Result<Self, InvalidEventPattern> {
        let is_word = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        let (object, event) = text.split_once('.').ok_or(InvalidEventPattern)?;
        if text.len() <= Self::MAX_LENGTH && is_word(object) && (event == "*" || is_word(event)) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidEventPattern)
        }
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the pattern matches events with this action.
    #[must_use]
    pub fn matches(&self, action: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(beginning) => action.starts_with(beginning),
            None => self.0 == action,
        }
    }
}

impl fmt::Debug for EventPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_is_event_type_or_all_of_object() {
        for text in ["user.*", "user.signed_in", "refusals.counted", "a.b"] {
            assert!(EventPattern::parse(text).is_ok(), "{text}");
        }
        let long = alloc::format!("user.{}", "a".repeat(60));
        for text in [
            "",
            "*",
            "user",
            "user.",
            ".created",
            "user.sign*",
            "*.created",
            "User.created",
            "user.a.b",
            "user.created ",
            &long,
        ] {
            assert_eq!(
                EventPattern::parse(text),
                Err(InvalidEventPattern),
                "{text}"
            );
        }
    }
}
