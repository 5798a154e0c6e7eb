//! Data that a later version of the server stored and this version does not know.
//!
//! Two versions run side by side during an upgrade. This version keeps unknown facts that it can safely ignore, and
//! writes them back unchanged for the later version. It never ignores a fact that *narrows* what a token may do.
//! Decoding such a value fails, and the server responds with 503.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Encoded facts with tags unknown to this version.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LaterFacts(Vec<LaterFact>);

/// An encoded fact with its tag.
#[derive(Clone, PartialEq, Eq)]
pub struct LaterFact {
    /// Tag in the codec format.
    pub tag: i64,
    /// Encoded value.
    pub value: Vec<u8>,
}

impl LaterFacts {
    /// Returns an empty list.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Adds a fact.
    pub fn push(&mut self, fact: LaterFact) {
        self.0.push(fact);
    }

    /// Returns the facts in the order in which they were added.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &LaterFact> {
        self.0.iter()
    }
}

/// Prints only the number of facts, because values may be personal data.
impl fmt::Debug for LaterFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LaterFacts({})", self.0.len())
    }
}

/// Members of a stored document that are unknown to this version, as the text of a JSON object. Empty for none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LaterMembers(String);

impl LaterMembers {
    /// Wraps the text of a JSON object.
    pub fn new(json: impl Into<String>) -> Self {
        Self(json.into())
    }

    /// Returns the text of the JSON object, or an empty string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Prints only the length, because values may be personal data.
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
    fn later_facts_keep_order_and_print_only_their_count() {
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
    fn later_members_print_only_their_length() {
        let members = LaterMembers::new("{\"a\":1}");
        assert_eq!(members.as_str(), "{\"a\":1}");
        assert_eq!(format!("{members:?}"), "LaterMembers(7 bytes)");
    }
}
