//! Rules for the values of an attribute: a subset of JSON Schema.

use crate::authorize::claims_request::StandardClaim;
use crate::claims::attribute_value::AttributeValue;
use crate::user::Email;
use alloc::string::String;
use alloc::vec::Vec;

/// Type of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeType {
    /// String.
    Text,
    /// Integer.
    Number,
    /// `true` or `false`.
    Flag,
    /// Array of strings.
    Texts,
}
crate::wire_names!(AttributeType {
    Text = "string",
    Number = "integer",
    Flag = "boolean",
    Texts = "array",
});

/// Format of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFormat {
    /// Email address.
    Email,
    /// URI that begins with `https://` or `http://`.
    Uri,
    /// Date: `YYYY-MM-DD`.
    Date,
}
crate::wire_names!(TextFormat {
    Email = "email",
    Uri = "uri",
    Date = "date",
});

/// Rules for the values of an attribute. For an array, those of a string apply to each item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueRule {
    /// Type.
    pub kind: AttributeType,
    /// Minimum length of a string in characters.
    pub min_length: Option<usize>,
    /// Maximum length of a string in characters.
    pub max_length: Option<usize>,
    /// Regular expression that a string must match.
    pub pattern: Option<String>,
    /// Allowed strings; empty allows all.
    pub values: Vec<String>,
    /// Format of a string.
    pub format: Option<TextFormat>,
    /// Minimum of an integer.
    pub minimum: Option<i64>,
    /// Maximum of an integer.
    pub maximum: Option<i64>,
    /// Maximum number of items of an array.
    pub max_items: Option<usize>,
}

crate::error_type! {
    /// Reason why a value does not fit its attribute. One variant per rule.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidValue {
        /// Another type.
        #[error("it must have the type of the attribute")]
        Type,
        /// Too short or too long, or with control characters.
        #[error("its length must be within the limits of the attribute, and it must not have control characters")]
        Length,
        /// Does not match the pattern.
        #[error("it must match the pattern of the attribute")]
        Pattern,
        /// Not among the allowed values.
        #[error("it must be one of the values of the attribute")]
        Value,
        /// Another format.
        #[error("it must have the format of the attribute")]
        Format,
        /// Too small or too large.
        #[error("it must be within the minimum and maximum of the attribute")]
        Range,
        /// Too many items, or the same item twice.
        #[error("it has too many items, or an item twice")]
        Items,
    }
}

impl ValueRule {
    /// Maximum length of a string in characters.
    pub const MAX_LENGTH: usize = 1000;
    /// Maximum number of items of an array.
    pub const MAX_ITEMS: usize = 50;
    /// Maximum number of allowed values, and maximum length of the pattern in bytes.
    pub const MAX_VALUES: usize = 200;

    /// Returns the rules of a type without limits of its own.
    #[must_use]
    pub const fn new(kind: AttributeType) -> Self {
        Self {
            kind,
            min_length: None,
            max_length: None,
            pattern: None,
            values: Vec::new(),
            format: None,
            minimum: None,
            maximum: None,
            max_items: None,
        }
    }

    /// Returns whether the value has the type.
    #[must_use]
    pub const fn has_type(&self, value: &AttributeValue) -> bool {
        matches!(
            (self.kind, value),
            (AttributeType::Text, AttributeValue::Text(_))
                | (AttributeType::Number, AttributeValue::Number(_))
                | (AttributeType::Flag, AttributeValue::Flag(_))
                | (AttributeType::Texts, AttributeValue::Texts(_))
        )
    }

    /// Returns the value that a person entered in a form, without a check of further rules; `None` for an empty text. An
    /// array has an item in each line.
    pub fn entered(&self, text: &str) -> Result<Option<AttributeValue>, InvalidValue> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let value = match self.kind {
            AttributeType::Text => AttributeValue::Text(text.into()),
            AttributeType::Number => {
                AttributeValue::Number(text.parse().map_err(|_| InvalidValue::Type)?)
            }
            AttributeType::Flag => {
                AttributeValue::Flag(text.parse().map_err(|_| InvalidValue::Type)?)
            }
            AttributeType::Texts => {
                let lines = text.lines().map(str::trim);
                let lines = lines.filter(|line| !line.is_empty());
                AttributeValue::Texts(lines.map(String::from).collect())
            }
        };
        Ok(Some(value))
    }

    /// Checks a value. `matches` returns whether a text (second) matches the pattern (first).
    pub fn check(
        &self,
        value: &AttributeValue,
        matches: impl Fn(&str, &str) -> bool,
    ) -> Result<(), InvalidValue> {
        if !self.has_type(value) {
            return Err(InvalidValue::Type);
        }
        match value {
            AttributeValue::Text(text) => self.check_text(text, &matches),
            AttributeValue::Flag(_) => Ok(()),
            AttributeValue::Number(number) => {
                let is_low = self.minimum.is_some_and(|least| *number < least);
                let is_high = self.maximum.is_some_and(|most| *number > most);
                if is_low || is_high {
                    return Err(InvalidValue::Range);
                }
                Ok(())
            }
            AttributeValue::Texts(texts) => {
                let most = self.max_items.unwrap_or(Self::MAX_ITEMS);
                let is_first = |(place, text): (usize, &String)| {
                    !texts.iter().take(place).any(|own| own == text)
                };
                if texts.len() > most || !texts.iter().enumerate().all(is_first) {
                    return Err(InvalidValue::Items);
                }
                texts
                    .iter()
                    .try_for_each(|text| self.check_text(text, &matches))
            }
        }
    }

    fn check_text(
        &self,
        text: &str,
        matches: impl Fn(&str, &str) -> bool,
    ) -> Result<(), InvalidValue> {
        let length = text.chars().count();
        let (least, most) = (
            self.min_length.unwrap_or(1),
            self.max_length.unwrap_or(Self::MAX_LENGTH),
        );
        if length < least || length > most || text.chars().any(char::is_control) {
            return Err(InvalidValue::Length);
        }
        if !self.values.is_empty() && !self.values.iter().any(|own| own == text) {
            return Err(InvalidValue::Value);
        }
        if self
            .pattern
            .as_ref()
            .is_some_and(|pattern| !matches(pattern, text))
        {
            return Err(InvalidValue::Pattern);
        }
        let has_format = match self.format {
            None => true,
            Some(TextFormat::Email) => Email::parse(text).is_ok(),
            Some(TextFormat::Uri) => StandardClaim::Website.may_say(text).is_ok(),
            // A birthdate may also be a year.
            Some(TextFormat::Date) => {
                length == 10 && StandardClaim::Birthdate.may_say(text).is_ok()
            }
        };
        if has_format {
            Ok(())
        } else {
            Err(InvalidValue::Format)
        }
    }
}
