//! Names that operators choose for roles, groups and the like.

/// Declares a name, with the error of an invalid one. `if` names the rule for the characters; without it, a name has
/// lower-case letters, digits and hyphens.
macro_rules! plain_name {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident;
        $($error:tt)*
    ) => {
        $crate::plain_name! {
            $(#[doc = $doc])*
            pub struct $name if $crate::macros::plain_name::is_plain;
            $($error)*
        }
    };
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident if $is_valid:path;
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
                let is_short = text.len() <= 64;
                (is_short && $is_valid(text)).then(|| Self(text.into())).ok_or($error)
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

/// Returns whether a text has lower-case letters, digits and hyphens, and a letter at the start.
pub(crate) fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(plain)
}
