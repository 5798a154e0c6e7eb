//! Descriptions that operators write.

use crate::client::Client;

/// Maximum length in characters.
pub(crate) const LONGEST: usize = Client::LONGEST_NAME;

/// Returns whether a text is a valid description. It may be empty.
pub(crate) fn is_description(text: &str) -> bool {
    text.is_empty() || Client::is_name(text)
}
