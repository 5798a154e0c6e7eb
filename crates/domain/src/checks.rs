//! Tables of checks: which checks a rule runs, and in which order.
//!
//! The order is policy, so one table defines it. The same table runs the checks and explains a refusal: it names the
//! checks that passed before.

use crate::refusal::Refusal;

/// Check of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Name. It never changes.
    pub name: &'static str,
    /// Names of the rules with which the check refuses a request.
    pub rules: &'static [&'static str],
    meaning: &'static str,
}

impl Check {
    /// Creates a check that passes if `meaning` is true, and otherwise refuses with one of `rules`.
    #[must_use]
    pub const fn new(
        name: &'static str,
        meaning: &'static str,
        rules: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            rules,
            meaning,
        }
    }

    /// Returns the sentence that is true for a request that passed the check.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        // A doc comment starts with a space.
        self.meaning.trim_start()
    }
}

/// Returns the outcome of a check. Panics in a debug build if the table does not list the rule of a refusal: an
/// explanation would not find the check.
#[inline]
pub(crate) fn listed(rules: &[&str], outcome: Result<(), Refusal>) -> Result<(), Refusal> {
    if let Err(refusal) = &outcome {
        debug_assert!(rules.contains(&refusal.name()), "{refusal:?} is not listed");
    }
    outcome
}

/// Declares a constant with the checks in order, and a function that runs them until the first refusal. The comment of a
/// check says what is true for a request that passes it. The names in brackets are those of its rules.
macro_rules! checks {
    (
        $(#[$table_doc:meta])*
        $vis:vis const $table:ident;
        $(#[$run_doc:meta])*
        $run_vis:vis fn $run:ident($($facts:ident: $type:ty),+ $(,)?);
        $(#[doc = $meaning:literal] $check:ident [$($rule:literal),+] => $test:expr),+ $(,)?
    ) => {
        $(#[$table_doc])*
        $vis const $table: &[$crate::checks::Check] = &[
            $($crate::checks::Check::new(stringify!($check), $meaning, &[$($rule),+])),+
        ];

        $(#[$run_doc])*
        $run_vis fn $run($($facts: $type),+) -> Result<(), $crate::refusal::Refusal> {
            $($crate::checks::listed(&[$($rule),+], $test)?;)+
            Ok(())
        }
    };
}
pub(crate) use checks;

/// Returns the names of a table, in order.
#[cfg(test)]
pub(crate) fn names(checks: &[Check]) -> alloc::vec::Vec<&'static str> {
    checks.iter().map(|check| check.name).collect()
}
