//! The format of the values that travel sealed or are stored as bytes: authorization codes, refresh tokens, login steps,
//! authorizations in the rows of grants, and events.
//!
//! Two versions of the server run side by side during an upgrade, and a stored value outlives the version that wrote it.
//! Hence three rules:
//!
//! * **A format is for ever.** Every version reads what an earlier version wrote. `tests/golden` holds encodings of
//!   each release.
//! * **A value is a CBOR map** (RFC 8949) with integer keys, the tags. [`tags`] registers them.
//! * **The sign of a tag says what an earlier version does with it.** A tag below 0 is *ignorable*: an authorization keeps
//!   it and writes it again, other values drop it. A tag from 0 up is *critical*: the value cannot be understood without
//!   it, and decoding fails with [`DecodeError::Later`]. A fact that narrows what a token may do is critical.
//!
//! This crate encodes; it neither seals nor signs. A new sealed value is one file: it names its tags in [`tags`], writes
//! them with a [`Writer`], and reads them with [`Fields`].
//!
//! ```
//! use countersign_codec::{DecodeError, Fields, Writer};
//!
//! /// How far a ceremony is.
//! struct Progress { user: [u8; 16], steps: u64 }
//!
//! const USER: i64 = 0;
//! const STEPS: i64 = 1;
//!
//! fn encode(progress: &Progress) -> Vec<u8> {
//!     let mut writer = Writer::new();
//!     writer.bytes(USER, &progress.user);
//!     writer.number(STEPS, progress.steps);
//!     writer.finish()
//! }
//!
//! fn decode(bytes: &[u8]) -> Result<Progress, DecodeError> {
//!     let fields = Fields::decode(bytes, &[USER, STEPS])?;
//!     Ok(Progress {
//!         user: fields.required(USER)?.array()?,
//!         steps: fields.required(STEPS)?.number()?,
//!     })
//! }
//!
//! let bytes = encode(&Progress { user: [7; 16], steps: 3 });
//! assert_eq!(decode(&bytes).unwrap().steps, 3);
//! assert_eq!(decode(&bytes[1..]).err(), Some(DecodeError::Malformed));
//! ```

#![no_std]

extern crate alloc;

mod authorization;
mod authorization_code;
mod binding;
mod error;
mod event;
mod fields;
mod login_step;
mod refresh_token;
pub mod tags;
#[cfg(feature = "test-later-version")]
pub mod test_later_version;
mod writer;

pub use authorization::{decode_authorization, decode_stored, encode_authorization, encode_stored};
pub use authorization_code::{decode_code, encode_code};
pub use error::DecodeError;
pub use event::{decode_event, encode_event};
pub use fields::{Fields, Value};
pub use login_step::{decode_login_step, encode_login_step};
pub use refresh_token::{
    MAX_AUTHORIZATION_IN_REFRESH_TOKEN, decode_refresh_token, encode_refresh_token,
};
pub use writer::Writer;

/// Generation of the first release. Every node understands it: the generation to assume before a store has said what the
/// live nodes have in common.
pub const FIRST_GENERATION: u32 = 1;

/// Generation of the formats that this version reads and writes.
///
/// A version that introduces a critical tag adds one. A node reads every format up to its own generation, and it writes
/// a critical tag of generation *n* only once every live node understands *n*: until then an earlier node would answer
/// 503 for the value. Ignorable tags need no new generation.
#[cfg(not(feature = "test-later-version"))]
pub const FORMAT_GENERATION: u32 = 1;

/// Generation of the formats of the build for the test of a rolling upgrade.
#[cfg(feature = "test-later-version")]
pub const FORMAT_GENERATION: u32 = 2;
