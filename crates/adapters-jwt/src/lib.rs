//! Cryptography with keys: master keys for codes, login steps, and refresh tokens ([`Codecs`]); signing keys for tokens
//! ([`KeyRing`]); client keys for assertions ([`JwtAssertions`]).
//!
//! `aws-lc-rs` does all cryptography. `jsonwebtoken` provides the types of headers and JSON Web Keys. It does not sign,
//! because it would parse the private key for every signature.
//!
//! | folder or file | holds |
//! |---|---|
//! | `sealing` | master keys and what they seal |
//! | `signing_keys` | keys, parsed and published, and the signature of a token |
//! | `tokens` | claims as JSON, and the key ring that signs and verifies tokens |
//! | `assertions` | client assertions (RFC 7523) and the keys of clients |
//! | `events`, `batches` | the encoding of events, and the proof of the audit log |
//! | `webhooks` | the encoding of the state of webhooks |
//!
//! **Layering:** this crate uses `domain`, `ports` and `codec`. `tokens` uses `signing_keys`, not the reverse.
//!
//! **Invariants:**
//!
//! * Each purpose has a separate key, and the tenant is authenticated data. A value does not open for another purpose or
//!   tenant.
//! * Key material does not appear in debug output or in errors.
//! * RSA signatures take turns: at most one per core runs before other work that is ready.

mod assertions;
mod batches;
mod events;
mod sealing;
mod signing_keys;
#[cfg(test)]
mod test_ring;
mod tokens;
mod webhooks;

pub use assertions::JwtAssertions;
pub use events::EventEncoder;
pub use sealing::codecs::Codecs;
pub use sealing::master_key::{InvalidMasterKey, MasterKeys};
pub use signing_keys::signing_key::{generate_signing_key, resealed_signing_key, shared_secret};
pub use signing_keys::spare_keys::SpareKeys;
pub use tokens::claims::UserClaims;
pub use tokens::key_ring::{KeyRing, UnusableKey};
