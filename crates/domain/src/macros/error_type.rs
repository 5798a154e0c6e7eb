//! The macro that declares error types.

/// Implements [`Display`](core::fmt::Display) by the text in `#[error(..)]`, and [`Error`](core::error::Error).
///
/// A text may name constants, as in `#[error("at most {max}", max = MAX)]`. A procedural macro could do the same, but
/// would double the build time of this crate.
macro_rules! error_type {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $(
                $(#[doc = $doc:literal])*
                #[error($text:literal $(, $argument:ident = $value:expr)* $(,)?)]
                $variant:ident
            ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        pub enum $name {
            $(
                $(#[doc = $doc])*
                $variant
            ),*
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self {
                    $(
                        Self::$variant => write!(f, $text $(, $argument = $value)*),
                    )*
                }
            }
        }

        impl core::error::Error for $name {}
    };
    (
        $(#[doc = $doc:literal])*
        #[error($text:literal)]
        pub struct $name:ident;
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name;

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str($text)
            }
        }

        impl core::error::Error for $name {}
    };
}
pub(crate) use error_type;
