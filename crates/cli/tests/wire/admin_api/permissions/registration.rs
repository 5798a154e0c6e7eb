//! Initial access tokens.

use super::rows::{ALL, Row, WRITERS, none};
use serde_json::json;

pub(super) const REGISTRATION: &[Row] = &[
    Row(
        "listInitialAccessTokens",
        "GET /initial-access-tokens",
        none,
        ALL,
    ),
    Row(
        "createInitialAccessToken",
        "POST /initial-access-tokens",
        || json!({"name": "new", "max_uses": 3, "lifetime": 60}),
        WRITERS,
    ),
    Row(
        "deleteInitialAccessToken",
        "DELETE /initial-access-tokens/partner",
        none,
        WRITERS,
    ),
];
