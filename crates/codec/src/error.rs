//! Why bytes do not decode.

use core::error::Error;
use core::fmt;

/// Why bytes are not a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The value has a critical tag that only a later version understands. Nothing else is known of it: a later version
    /// may leave out a field that is required here.
    Later,
    /// This is not the encoding of a value of any version: wrong types, a missing field, a tag that occurs twice, trailing
    /// bytes, or a text that the domain refuses.
    Malformed,
}

impl DecodeError {
    /// Replaces an error of the domain.
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
