//! Descriptions of roles and attributes.

/// Maximum length in characters.
pub(super) const LONGEST: usize = 200;

/// Returns whether a text is a valid description. It may be empty.
pub(super) fn is_description(text: &str) -> bool {
    text.chars().count() <= LONGEST && !text.chars().any(char::is_control)
}
