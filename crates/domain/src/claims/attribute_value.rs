//! Values of user attributes.

use crate::later::LaterMembers;
use crate::token::custom_claims::CustomValue;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
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

impl From<&AttributeValue> for CustomValue {
    fn from(value: &AttributeValue) -> Self {
        match value {
            AttributeValue::Text(text) => Self::Text(text.clone()),
            AttributeValue::Number(number) => Self::Number(*number),
            AttributeValue::Flag(flag) => Self::Flag(*flag),
            AttributeValue::Texts(texts) => {
                Self::List(texts.iter().map(|own| own.as_str().into()).collect())
            }
        }
    }
}

impl AttributeValue {
    /// Returns the attribute value of a JSON value; `None` for an object, and for an array of other values than strings.
    #[must_use]
    pub fn from_json(value: CustomValue) -> Option<Self> {
        let text = |item: CustomValue| match item {
            CustomValue::Text(text) => Some(text),
            _ => None,
        };
        match value {
            CustomValue::Text(text) => Some(Self::Text(text)),
            CustomValue::Number(number) => Some(Self::Number(number)),
            CustomValue::Flag(flag) => Some(Self::Flag(flag)),
            CustomValue::List(items) => {
                let texts: Option<_> = items.into_iter().map(text).collect();
                texts.map(Self::Texts)
            }
            CustomValue::Object(_) => None,
        }
    }

    /// Returns the text that a form shows: a line for each item of an array. See
    /// [`ValueRule::entered`](crate::claims::value_rule::ValueRule::entered).
    #[must_use]
    pub fn to_lines(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Texts(texts) => texts.join("\n"),
        }
    }

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
