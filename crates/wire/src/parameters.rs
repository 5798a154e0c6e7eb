//! Named string parameters from a form or from JSON (RFC 6749 section 3.2). A repeated parameter is an error, an empty
//! one counts as missing, and an unknown one is ignored. Only `resource` may be repeated.

use crate::malformed::MalformedRequest;
use alloc::string::String;
use alloc::vec::Vec;

/// The parameters that an endpoint accepts.
pub trait Parameters: Default {
    /// Returns the slot of the parameter `name`, with its static name for errors.
    fn slot(&mut self, name: &str) -> Option<(&'static str, Slot<'_>)>;

    /// Stores a parameter. `None` is JSON `null`. Returns an error if the parameter was already sent.
    fn put(&mut self, name: &str, value: Option<String>) -> Result<(), MalformedRequest> {
        let Some((name, slot)) = self.slot(name) else {
            return Ok(());
        };
        match slot {
            Slot::Once(slot) if slot.is_some() => return Err(MalformedRequest::Repeated(name)),
            // An empty value still marks the slot as used, to detect repetition. `given` treats it as missing.
            Slot::Once(slot) => *slot = Some(value.unwrap_or_default()),
            Slot::Often(values) => values.extend(given(value)),
        }
        Ok(())
    }
}

/// Storage of a parameter.
pub enum Slot<'a> {
    /// For a parameter that may be given once.
    Once(&'a mut Option<String>),
    /// A parameter that may be repeated (RFC 8707 section 2).
    Often(&'a mut Vec<String>),
}

/// Defines a struct of optional strings, filled by name. Parameters after `often` may be repeated. The struct is `pub`
/// if its name follows that word, otherwise `pub(crate)`.
#[macro_export]
macro_rules! declare_parameters {
    ($(#[$doc:meta])* pub $type:ident { $($parameters:tt)+ }) => {
        $crate::declare_parameters! { @struct (pub) $(#[$doc])* $type { $($parameters)+ } }
    };
    ($(#[$doc:meta])* $type:ident { $($parameters:tt)+ }) => {
        $crate::declare_parameters! { @struct (pub(crate)) $(#[$doc])* $type { $($parameters)+ } }
    };
    (
        @struct ($visible:vis) $(#[$doc:meta])*
        $type:ident { $($name:ident),+ $(,)? $(; often $($often:ident),+)? }
    ) => {
        $(#[$doc])*
        #[derive(Default)]
        $visible struct $type {
            $(#[doc = concat!("`", stringify!($name), "`.")] $visible $name: Option<String>,)+
            $($(#[doc = concat!("`", stringify!($often), "`.")] $visible $often: Vec<String>,)+)?
        }

        impl $crate::parameters::Parameters for $type {
            fn slot(&mut self, name: &str) -> Option<(&'static str, $crate::parameters::Slot<'_>)> {
                use $crate::parameters::Slot;
                match name {
                    $(stringify!($name) => Some((stringify!($name), Slot::Once(&mut self.$name))),)+
                    $($(stringify!($often) => Some((stringify!($often), Slot::Often(&mut self.$often))),)+)?
                    _ => None,
                }
            }
        }
    };
}
pub use crate::declare_parameters as parameters;

/// Returns an optional parameter. An empty value counts as missing.
#[must_use]
pub fn given(value: Option<String>) -> Option<String> {
    value.filter(|text| !text.is_empty())
}

/// Returns a required parameter.
pub fn required(name: &'static str, value: Option<String>) -> Result<String, MalformedRequest> {
    given(value).ok_or(MalformedRequest::Missing(name))
}
