//! Client identifiers.

use alloc::sync::Arc;
use core::fmt;

crate::error_type! {
    /// The text is not a valid client identifier.
    #[error("a client identifier has 1 to 255 characters of printable ASCII")]
    pub struct InvalidClientId;
}

/// Client identifier: 1 to 255 characters of `VSCHAR` (RFC 6749 appendix A.1). A clone shares the text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(Arc<str>);

impl ClientId {
    /// Validates length and characters.
    pub fn parse(text: &str) -> Result<Self, InvalidClientId> {
        let visible = |byte: u8| (0x20..=0x7E).contains(&byte);
        if (1..=255).contains(&text.len()) && text.bytes().all(visible) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidClientId)
        }
    }

    /// Returns the value of `client_id`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text to share.
    pub(crate) fn text(&self) -> Arc<str> {
        self.0.clone()
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
