//! Names that operators choose for roles, groups and the like.

use alloc::string::String;

/// Declares a name of lower-case letters, digits and hyphens, with the error of an invalid one.
macro_rules! plain_name {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident;
        $(#[doc = $error_doc:literal])*
        #[error($text:literal)]
        pub struct $error:ident;
    ) => {
        $crate::error_type! {
            $(#[doc = $error_doc])*
            #[error($text)]
            pub struct $error;
        }

        $(#[doc = $doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(alloc::string::String);

        impl $name {
            /// Validates length and characters.
            pub fn parse(text: &str) -> Result<Self, $error> {
                $crate::macros::plain_name::parsed(text).map(Self).ok_or($error)
            }

            /// Returns the name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}
pub(crate) use plain_name;

/// Returns the text if it is a valid name: 1 to 64 lower-case letters, digits and hyphens, and a letter at the start.
pub(crate) fn parsed(text: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let starts = text.starts_with(|first: char| first.is_ascii_lowercase());
    (starts && text.len() <= 64 && text.bytes().all(plain)).then(|| text.into())
}
