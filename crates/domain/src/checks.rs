//! Tables of checks: which checks a rule runs, and in which order.
//!
//! The order is policy, so one table defines it. The same table runs the checks and names the checks that passed
//! before a refusal.

/// Declares a constant with the names of the checks in order, and a function that runs them until the first refusal.
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
