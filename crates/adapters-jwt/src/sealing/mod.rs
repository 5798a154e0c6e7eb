//! Sealing with the master keys: codes, login steps, envelopes, secrets at rest, and refresh tokens.

pub(crate) mod codecs;
pub(crate) mod master_key;
mod refresh_token;
mod seal;
