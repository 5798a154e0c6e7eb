//! Binary format of sealed and stored values: authorization codes, refresh tokens, login steps, known devices,
//! mailed links, device codes and requests of devices, the authorizations of stored grants, events, batches of events, and the state of webhooks.
//!
//! During an upgrade, two versions of the server run side by side, and a stored value outlives the version that wrote
//! it. The format therefore follows three rules:
//!
//! * **Formats are permanent.** Every version reads what any earlier version wrote. `tests/golden` contains encodings
//!   from each release.
//! * **A value is a CBOR map** (RFC 8949) with integer keys, called tags. [`tags`] is their registry.
//! * **The sign of a tag tells an earlier version how to handle it.** A negative tag is *ignorable*: an authorization
//!   preserves it, other values drop it. A tag of 0 or above is *critical*: a version that does not know it cannot use
//!   the value, and decoding fails with [`DecodeError::Later`]. A fact that restricts a token is critical.
//!
//! This crate only encodes; it neither seals nor signs. To add a sealed value, add one file, register its tags in
//! [`tags`], write them with a [`Writer`], and read them with [`Fields`].
//!
//! ```
//! use countersign_codec::{DecodeError, Fields, Writer};
//!
//! /// Progress of a ceremony.
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

mod address;
mod authorization;
mod authorization_code;
mod batch;
mod binding;
mod device;
mod done;
mod error;
mod event;
mod fields;
mod login;
mod refresh_token;
pub mod tags;
#[cfg(feature = "test-later-version")]
pub mod test_later_version;
mod webhook_delivery;
mod writer;

pub use authorization::{decode_authorization, decode_stored, encode_authorization, encode_stored};
pub use authorization_code::{decode_code, encode_code};
pub use batch::{decode_batch, encode_batch};
pub use device::{
    decode_device_code, decode_device_request, encode_device_code, encode_device_request,
};
pub use done::{decode_done, encode_done};
pub use error::DecodeError;
pub use event::{decode_event, encode_event};
pub use fields::{Fields, Value};
pub use login::{
    decode_known_device, decode_login_step, decode_mailed_link, encode_known_device,
    encode_login_step, encode_mailed_link,
};
pub use refresh_token::{
    MAX_AUTHORIZATION_IN_REFRESH_TOKEN, decode_refresh_token, encode_refresh_token,
};
pub use webhook_delivery::{decode_webhook_delivery, encode_webhook_delivery};
pub use writer::Writer;

/// Generation of the first release. Every node understands it. Nodes assume it until the store has reported the
/// generation that all live nodes understand.
pub const FIRST_GENERATION: u32 = 1;

/// Generation of the formats that this version reads and writes.
///
/// A version that introduces a critical tag increments it. A node reads every format up to its own generation. It
/// writes a critical tag of generation *n* only once every live node understands *n*, because an earlier node answers
/// 503 for the value. Ignorable tags need no new generation.
///
/// Generation 2 added the secrets of sessions, in cookies and in rows.
#[cfg(not(feature = "test-later-version"))]
pub const FORMAT_GENERATION: u32 = 2;

/// Generation of the formats in the test build for rolling upgrades.
#[cfg(feature = "test-later-version")]
pub const FORMAT_GENERATION: u32 = 3;
