//! Values of user attributes.

use crate::later::LaterMembers;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

crate::plain_name! {
    /// Name of an attribute.
    pub struct AttributeName if is_attribute_name;
    /// The text is not a valid name of an attribute.
    #[error("the name of an attribute has 1 to 64 lower-case letters, digits and underscores, and starts with a letter")]
    pub struct InvalidAttributeName;
}

fn is_attribute_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(plain)
}

/// Value of an attribute.
#[derive(Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// String.
    Text(String),
    /// Integer.
    Number(i64),
    /// `true` or `false`.
    Flag(bool),
    /// Array of strings.
    Texts(Vec<String>),
}

/// Hides the value, which may be personal data.
impl fmt::Debug for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttributeValue(..)")
    }
}

impl AttributeValue {
    /// Returns the length in bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Number(_) | Self::Flag(_) => 8,
            Self::Texts(texts) => texts.iter().map(|text| text.len() + 3).sum(),
        }
    }
}

/// Attributes of a user. They are stored as they were set: a later change of a definition does not change them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Values by name.
    pub values: BTreeMap<AttributeName, AttributeValue>,
    /// Values of a later version, kept unchanged.
    pub later: LaterMembers,
}

impl Attributes {
    /// Maximum length of all attributes of a user in bytes. Each sign-in and each token request reads them.
    pub const MAX_LENGTH: usize = 16 * 1024;

    /// Returns the length of all names and values in bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        let all = self.values.iter();
        let all = all.map(|(name, value)| name.as_str().len() + value.length());
        all.sum::<usize>() + self.later.as_str().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn invalid_attribute_name_is_rejected() {
        for name in ["", "_a", "1a", "Cost", "a-b", "a b", &"a".repeat(65)] {
            let parsed = AttributeName::parse(name);
            assert_eq!(parsed, Err(InvalidAttributeName), "{name}");
        }
        assert!(AttributeName::parse("cost_center_2").is_ok());
    }

    #[test]
    fn debug_output_has_no_values() {
        let mut attributes = Attributes::default();
        let name = AttributeName::parse("badge").unwrap();
        let value = AttributeValue::Text("secret".into());
        attributes.values.insert(name, value);
        assert!(!format!("{attributes:?}").contains("secret"));
    }
}
