//! Operations on upstream providers.

use super::rows::{Row, SERVER_READERS, none};
use serde_json::json;

/// Roles that may change providers.
const MANAGERS: &str = "owner administrator";

pub(super) const UPSTREAM: &[Row] = &[
    Row(
        "listUpstreamProviders",
        "GET /upstream-providers",
        none,
        SERVER_READERS,
    ),
    Row(
        "createUpstreamProvider",
        "POST /upstream-providers",
        || json!({"name": "new", "preset": "google", "client_id": "1", "client_secret": "x"}),
        MANAGERS,
    ),
    Row(
        "getUpstreamProvider",
        "GET /upstream-providers/corp",
        none,
        SERVER_READERS,
    ),
    Row(
        "updateUpstreamProvider",
        "PATCH /upstream-providers/corp",
        || json!({"display_name": "New"}),
        MANAGERS,
    ),
    Row(
        "deleteUpstreamProvider",
        "DELETE /upstream-providers/corp",
        none,
        MANAGERS,
    ),
];
