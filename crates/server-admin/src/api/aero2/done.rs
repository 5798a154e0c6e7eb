//! Replies of commands that have no other result.

use crate::api::problem::Problem;
use crate::api::reply::Reply;
use serde::Serialize;

/// Result of a command.
#[derive(Serialize)]
struct Done {
    message: &'static str,
}

/// Returns the reply of a command that has nothing else to tell.
pub(super) fn done(message: &'static str) -> Result<Reply, Problem> {
    Reply::of(&Done { message })
}
