//! Everything with a key in it: codes, login steps and refresh tokens under the master keys ([`Codecs`]), tokens under the
//! signing keys ([`KeyRing`]), and assertions under the keys of clients ([`JwtAssertions`]).
//!
//! All cryptography is done by `aws-lc-rs`. Headers and JSON Web Keys are the types of `jsonwebtoken`;
//! signatures are not made by it, because it parses the private key for each one.

mod access_token;
mod assertions;
mod claims;
mod client_keys;
mod codecs;
mod events;
mod held_key;
mod jwk;
mod key_ring;
mod master_key;
mod refresh_token;
mod rsa_threads;
mod seal;
mod seen_tokens;
mod signing_key;
mod token;
mod verify;
mod view;

pub use assertions::JwtAssertions;
pub use claims::UserClaims;
pub use codecs::Codecs;
pub use events::EventEncoder;
pub use key_ring::{KeyRing, UnusableKey};
pub use master_key::{InvalidMasterKey, MasterKeys};
pub use signing_key::{generate_signing_key, shared_secret};

#[cfg(test)]
mod test_ring;
