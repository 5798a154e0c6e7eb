//! What a later version of the server stored and this one does not know.
//!
//! Two versions run side by side during an upgrade. A fact that an earlier version can safely ignore is kept as it is
//! and written again, so that the later version finds it. A fact that *narrows* what a token may do is never ignored:
//! decoding such a value fails, and the request is answered with 503.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Encoded facts with tags that this version does not know.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LaterFacts(Vec<LaterFact>);

/// One fact: its tag, and its value as it was encoded.
#[derive(Clone, PartialEq, Eq)]
pub struct LaterFact {
    /// Tag of the codec.
    pub tag: i64,
    /// Encoded value.
    pub value: Vec<u8>,
}

impl LaterFacts {
    /// No fact.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Adds a fact.
    pub fn push(&mut self, fact: LaterFact) {
        self.0.push(fact);
    }

    /// The facts, in the order in which they were read.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &LaterFact> {
        self.0.iter()
    }
}

/// The values may be personal: only their number is printed.
impl fmt::Debug for LaterFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LaterFacts({})", self.0.len())
    }
}

/// Members of a stored document that this version does not know, as the text of a JSON object; empty for none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LaterMembers(String);

impl LaterMembers {
    /// Keeps the text of a JSON object.
    pub fn new(json: impl Into<String>) -> Self {
        Self(json.into())
    }

    /// The text of the JSON object; empty for no member.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The values may be personal: only their length is printed.
impl fmt::Debug for LaterMembers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LaterMembers({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn later_facts_keep_their_order_and_print_their_number() {
        let fact = |tag| LaterFact {
            tag,
            value: [0x61, 0x78].into(),
        };
        let mut facts = LaterFacts::none();
        assert_eq!(facts, LaterFacts::default());
        for tag in [-9, -7] {
            facts.push(fact(tag));
        }
        assert!(facts.iter().eq([&fact(-9), &fact(-7)]));
        assert_eq!(format!("{facts:?}"), "LaterFacts(2)");
    }

    #[test]
    fn later_members_print_their_length_alone() {
        let members = LaterMembers::new("{\"a\":1}");
        assert_eq!(members.as_str(), "{\"a\":1}");
        assert_eq!(format!("{members:?}"), "LaterMembers(7 bytes)");
    }
}
