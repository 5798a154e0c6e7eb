//! Messages of the database server.

use std::error::Error as _;
use std::fmt::Write as _;
use tokio_postgres::Error;

/// Describes an error with the message of the server, or else with its cause. Omits the detail of the server, which may
/// contain values of rows.
pub(crate) fn described(error: &Error) -> String {
    let Some(told) = error.as_db_error() else {
        return match error.source() {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        };
    };
    let mut text = format!(
        "{}: {} (SQLSTATE {})",
        told.severity(),
        told.message(),
        told.code().code()
    );
    if let Some(hint) = told.hint() {
        // Writing to a string cannot fail.
        let _ = write!(text, ". Hint: {hint}");
    }
    text
}
