//! Named text parameters, the same from a form and from JSON: a repeated one is an error, an empty one
//! is absent, an unknown one is ignored (RFC 6749 section 3.2). `resource` alone may be repeated.

use crate::malformed::Malformed;

/// A set of parameters that an endpoint knows.
pub(crate) trait Parameters: Default {
    /// The place of the parameter `name`, under the name that errors give it.
    fn slot(&mut self, name: &str) -> Option<(&'static str, Slot<'_>)>;

    /// Puts a parameter in its place. `None` stands for JSON's `null`.
    fn put(&mut self, name: &str, value: Option<String>) -> Result<(), Malformed> {
        let Some((name, slot)) = self.slot(name) else {
            return Ok(());
        };
        match slot {
            Slot::Once(slot) if slot.is_some() => return Err(Malformed::Repeated(name)),
            // Empty for now, so that a repetition is noticed; `given` reads it as absent.
            Slot::Once(slot) => *slot = Some(value.unwrap_or_default()),
            Slot::Often(values) => values.extend(given(value)),
        }
        Ok(())
    }
}

/// The place of a parameter.
pub(crate) enum Slot<'a> {
    Once(&'a mut Option<String>),
    /// For a parameter that may be repeated (RFC 8707 section 2).
    Often(&'a mut Vec<String>),
}

/// Makes a struct of optional texts that is filled by name. Those after `often` may be repeated.
macro_rules! parameters {
    ($(#[$doc:meta])* $type:ident { $($name:ident),+ $(,)? $(; often $($often:ident),+)? }) => {
        $(#[$doc])*
        #[derive(Default)]
        pub(crate) struct $type {
            $(pub(crate) $name: Option<String>,)+
            $($(pub(crate) $often: Vec<String>,)+)?
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
pub(crate) use parameters;

/// A parameter that may be absent.
pub(crate) fn given(value: Option<String>) -> Option<String> {
    value.filter(|text| !text.is_empty())
}

/// A parameter that must be there.
pub(crate) fn required(name: &'static str, value: Option<String>) -> Result<String, Malformed> {
    given(value).ok_or(Malformed::Missing(name))
}
