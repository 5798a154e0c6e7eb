//! Rows of groups, attributes, claims and administrators.

use super::rows::{ALL, HELPERS, Row, SERVER_READERS, WRITERS, none};
use countersign_store_contract::fixtures;
use serde_json::json;

pub(super) const GROUPS: &[Row] = &[
    Row("listGroups", "GET /groups", none, ALL),
    Row(
        "createGroup",
        "POST /groups",
        || json!({"name": "new"}),
        HELPERS,
    ),
    Row("getGroup", "GET /groups/empty", none, ALL),
    Row(
        "updateGroup",
        "PATCH /groups/empty",
        || json!({"description": "New"}),
        HELPERS,
    ),
    Row("deleteGroup", "DELETE /groups/empty", none, HELPERS),
    Row("listMembers", "GET /groups/staff/members", none, ALL),
    Row(
        "addMember",
        "POST /groups/empty/members",
        || json!({"user_id": fixtures::user_id(2).to_string()}),
        HELPERS,
    ),
    Row(
        "removeMember",
        "DELETE /groups/staff/members/DISABLED",
        none,
        HELPERS,
    ),
    Row("listAttributes", "GET /attributes", none, ALL),
    Row(
        "createAttribute",
        "POST /attributes",
        || json!({"name": "new", "type": "string"}),
        WRITERS,
    ),
    Row("getAttribute", "GET /attributes/badge", none, ALL),
    Row(
        "updateAttribute",
        "PATCH /attributes/badge",
        || json!({"description": "New"}),
        WRITERS,
    ),
    Row("deleteAttribute", "DELETE /attributes/badge", none, WRITERS),
    Row(
        "previewClaims",
        "GET /claims-preview?user_id=DISABLED&client_id=mine",
        none,
        SERVER_READERS,
    ),
    Row(
        "listAdministrators",
        "GET /administrators",
        none,
        "owner administrator auditor",
    ),
    Row(
        "grantAdminRole",
        "POST /administrators/user:USER/roles",
        || json!({"role": "empty"}),
        "owner",
    ),
    Row(
        "revokeAdminRole",
        "DELETE /administrators/user:USER/roles/held",
        none,
        "owner",
    ),
    Row(
        "revokeAdminRoles",
        "DELETE /administrators/user:USER/roles",
        none,
        "owner",
    ),
];
