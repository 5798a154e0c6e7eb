//! Text and serialized forms of the newtypes.

#[cfg(feature = "serde")]
mod custom_value;
#[cfg(feature = "serde")]
mod serde;
mod text;
