//! Text and serialized forms of the newtypes.

#[cfg(feature = "serde")]
mod serde;
mod text;
