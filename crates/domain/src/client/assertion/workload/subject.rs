//! Subjects of workload identities.

use alloc::string::String;
use core::fmt;

crate::error_type! {
    /// The text is not a subject of a workload identity.
    #[error("a subject has 1 to 512 visible ASCII characters, and * only as its whole last segment, after : or /")]
    pub struct InvalidSubject;
}

/// `sub` of the tokens of a workload: a text, or all texts with one more segment after a prefix.
///
/// ```
/// use countersign_domain::client::assertion::workload::SubjectPattern;
///
/// let any_account = SubjectPattern::parse("system:serviceaccount:shop:*").unwrap();
/// assert!(any_account.matches("system:serviceaccount:shop:orders"));
/// assert!(!any_account.matches("system:serviceaccount:shop:a:b"));
/// assert!(!any_account.matches("system:serviceaccount:shopping:orders"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectPattern(String);

impl SubjectPattern {
    /// Maximum length, in characters.
    pub const LONGEST: usize = 512;

    /// Parses a text, or a prefix with `*` as its whole last segment. Segments end with `:` or `/`.
    pub fn parse(text: &str) -> Result<Self, InvalidSubject> {
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        let exact = text.strip_suffix('*').unwrap_or(text);
        let ends_segment = exact == text || exact.len() > 1 && exact.ends_with([':', '/']);
        let is_valid = (1..=Self::LONGEST).contains(&text.len())
            && is_visible
            && !exact.contains('*')
            && ends_segment;
        is_valid.then(|| Self(text.into())).ok_or(InvalidSubject)
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether it is this subject.
    #[must_use]
    pub fn matches(&self, subject: &str) -> bool {
        match self.0.strip_suffix('*') {
            None => self.0 == subject,
            Some(prefix) => subject
                .strip_prefix(prefix)
                .is_some_and(|last| !last.is_empty() && !last.contains([':', '/'])),
        }
    }
}

impl fmt::Display for SubjectPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
