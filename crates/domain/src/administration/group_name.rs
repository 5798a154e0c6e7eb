//! Names of groups.

use alloc::string::String;
use core::fmt;

crate::error_type! {
    /// The text is not a valid name of a group.
    #[error("the name of a group has 1 to 64 lower-case letters, digits and hyphens, and starts with a letter")]
    pub struct InvalidGroupName;
}

/// Name of a group.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupName(String);

impl GroupName {
    /// Validates length and characters.
    pub fn parse(text: &str) -> Result<Self, InvalidGroupName> {
        if is_name(text) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidGroupName)
        }
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns whether a text is a valid name of a group or of an admin role.
pub(super) fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let starts = text.starts_with(|first: char| first.is_ascii_lowercase());
    starts && text.len() <= 64 && text.bytes().all(plain)
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
