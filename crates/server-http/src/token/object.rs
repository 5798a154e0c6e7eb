//! A JSON object of texts that need no escaping.
//!
//! A serializer would search every text for characters to escape. Tokens are long, and have none.

use std::io::Write as _;

/// Length of the names, numbers and punctuation of a response.
const AROUND: usize = 192;

/// JSON object in the making.
pub(super) struct Object(Vec<u8>);

impl Object {
    /// Creates an object with room for texts of this total length.
    pub(super) fn with_room_for(length: usize) -> Self {
        Self(Vec::with_capacity(length + AROUND))
    }

    /// Adds a text. It must consist of printable ASCII characters without quotes and backslashes, and so must the name.
    pub(super) fn plain_text(&mut self, name: &'static str, text: &str) {
        debug_assert!(text.bytes().all(is_plain), "{name} needs escaping");
        self.name(name);
        self.0.push(b'"');
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(b'"');
    }

    /// Adds a number.
    pub(super) fn number(&mut self, name: &'static str, number: u64) {
        self.name(name);
        // A vector takes every write.
        let _ = write!(self.0, "{number}");
    }

    /// Returns the object.
    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.0.is_empty() {
            self.0.push(b'{');
        }
        self.0.push(b'}');
        self.0
    }

    fn name(&mut self, name: &'static str) {
        self.0.push(if self.0.is_empty() { b'{' } else { b',' });
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }
}

const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn empty_object_is_json() {
        assert_eq!(Object::with_room_for(0).finish(), b"{}");
    }

    proptest! {
        #[test]
        fn object_of_plain_texts_is_json(text in "[ !#-\\[\\]-~]{0,80}", number: u64) {
            let mut object = Object::with_room_for(text.len());
            object.plain_text("text", &text);
            object.number("number", number);
            let parsed: Value = serde_json::from_slice(&object.finish()).unwrap();
            prop_assert_eq!(parsed, json!({"text": text, "number": number}));
        }
    }
}
