//! Names and descriptions that operators write.

/// Maximum length in characters.
pub(crate) const LONGEST: usize = 200;

/// Returns whether a text is a valid name: not empty, and without control characters.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// Returns whether a text is a valid description. It may be empty.
pub(crate) fn is_description(text: &str) -> bool {
    text.is_empty() || is_name(text)
}
