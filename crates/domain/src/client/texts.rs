//! Grammar of names and domains.

use crate::administration::description;
use crate::client::Client;

impl Client {
    /// Returns whether a text is a valid name or audience: not empty, not too long, and without control characters.
    pub(crate) fn is_name(text: &str) -> bool {
        description::is_name(text)
    }
}

/// Host name of RFC 1123 section 2.1: labels of lower-case letters, digits and hyphens, separated by dots.
pub(crate) fn is_domain(text: &str) -> bool {
    text.len() <= 253
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        })
}
