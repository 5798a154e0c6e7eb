//! Tables of checks: what a use case checks, in which order.
//!
//! The order is policy, so it is written once, as a table. The table runs, and an explanation of a refusal reads the
//! names of the checks that came before it.

/// Declares a table of checks: a constant with their names in order, and a function that runs them and stops at the
/// first refusal.
macro_rules! checks {
    (
        $(#[$table_doc:meta])*
        $vis:vis const $table:ident;
        $(#[$run_doc:meta])*
        $run_vis:vis fn $run:ident($($facts:ident: $type:ty),+ $(,)?);
        $($check:ident => $test:expr),+ $(,)?
    ) => {
        $(#[$table_doc])*
        $vis const $table: &[&str] = &[$(stringify!($check)),+];

        $(#[$run_doc])*
        $run_vis fn $run($($facts: $type),+) -> Result<(), $crate::refusal::Refusal> {
            $($test?;)+
            Ok(())
        }
    };
}
pub(crate) use checks;
