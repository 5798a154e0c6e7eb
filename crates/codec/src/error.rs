//! Decoding errors.

use core::error::Error;
use core::fmt;

/// Reason why bytes cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The value has a critical tag that only a later version understands. Nothing else about it is known: a later
    /// version may omit a field that is required here.
    Later,
    /// The bytes are not a valid encoding in any version: wrong types, a missing field, a repeated tag, trailing bytes,
    /// or a text that the domain rejects.
    Malformed,
}

impl DecodeError {
    /// Converts a domain error.
    pub(crate) fn malformed<E>(_: E) -> Self {
        Self::Malformed
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Later => {
                "the value has a critical tag that only a later version of the server understands"
            }
            Self::Malformed => "the bytes are not the encoding of a value",
        })
    }
}

impl Error for DecodeError {}
