//! Rows of the table of operations.

use serde_json::Value;

pub(super) const ALL: &str = "owner administrator operator support auditor";
pub(super) const CLIENT_READERS: &str = "owner administrator operator support auditor developer";
pub(super) const CLIENT_WRITERS: &str = "owner administrator operator developer";
pub(super) const WRITERS: &str = "owner administrator operator";
pub(super) const HELPERS: &str = "owner administrator support";
pub(super) const SERVER_READERS: &str = "owner administrator operator auditor";

/// An operation, a request that succeeds, and the roles that may send it.
pub(super) struct Row(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) fn() -> Value,
    pub(super) &'static str,
);

pub(super) fn none() -> Value {
    Value::Null
}
