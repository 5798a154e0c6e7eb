//! A JSON object of texts that rarely need escaping.
//!
//! A serializer searches every text for characters to escape, one by one. Tokens are long, and have none.

use alloc::string::String;
use core::fmt::Write as _;

/// Length of the names, numbers and punctuation of a response.
const AROUND: usize = 192;

/// JSON object in the making.
pub(crate) struct JsonObject(String);

impl JsonObject {
    /// Creates an object with room for texts of this total length.
    pub(crate) fn with_room_for(length: usize) -> Self {
        Self(String::with_capacity(length + AROUND))
    }

    /// Adds a text.
    pub(crate) fn text(&mut self, name: &'static str, text: &str) {
        self.name(name);
        self.0.push('"');
        if is_plain(text) {
            self.0.push_str(text);
        } else {
            text.chars().for_each(|char| self.escaped(char));
        }
        self.0.push('"');
    }

    /// Adds a number.
    pub(crate) fn number(&mut self, name: &'static str, number: u64) {
        self.name(name);
        // A string takes every write.
        let _ = write!(self.0, "{number}");
    }

    /// Returns the object.
    pub(crate) fn finish(mut self) -> String {
        if self.0.is_empty() {
            self.0.push('{');
        }
        self.0.push('}');
        self.0
    }

    fn escaped(&mut self, char: char) {
        match char {
            '"' | '\\' => self.0.extend(['\\', char]),
            '\0'..' ' => {
                // A string takes every write.
                let _ = write!(self.0, "\\u{:04x}", u32::from(char));
            }
            _ => self.0.push(char),
        }
    }

    fn name(&mut self, name: &'static str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        self.0.push('"');
        self.0.push_str(name);
        self.0.push_str("\":");
    }
}

/// Returns whether no character needs escaping. Without an early exit, the compiler looks at many bytes at once.
fn is_plain(text: &str) -> bool {
    let is_escaped = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    text.bytes().filter(is_escaped).count() == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_numbers_become_json() {
        assert_eq!(JsonObject::with_room_for(0).finish(), "{}");
        let mut object = JsonObject::with_room_for(8);
        object.text("access_token", "a.b-c_d");
        object.number("expires_in", u64::MAX);
        object.text("scope", "read !#-[]~");
        let expected =
            r#"{"access_token":"a.b-c_d","expires_in":18446744073709551615,"scope":"read !#-[]~"}"#;
        assert_eq!(object.finish(), expected);
    }

    #[test]
    fn texts_are_escaped() {
        let mut object = JsonObject::with_room_for(8);
        object.text("scope", "\"a\\\n\u{1f}ü");
        assert_eq!(object.finish(), r#"{"scope":"\"a\\\u000a\u001fü"}"#);
    }
}
