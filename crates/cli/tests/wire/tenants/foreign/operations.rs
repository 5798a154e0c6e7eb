//! Operations of the admin API on what a tenant issued.

use super::row::{Row, row};

const ADMIN: (&str, &str) = ("bearer", "{admin}");

pub(super) const ROWS: &[Row] = &[
    row("GET /admin/v1/clients/{only}", 200, &[ADMIN]),
    row("GET /admin/v1/explanations/{request_id}", 200, &[ADMIN]),
    row("GET /admin/v1/users/{user_id}", 200, &[ADMIN]),
    row("GET /admin/v1/groups/{only}", 200, &[ADMIN]),
    row("GET /admin/v1/webhooks/{only}", 200, &[ADMIN]),
    row("GET /admin/v1/webhooks/{only}/delivery", 200, &[ADMIN]),
    row("DELETE /admin/v1/groups/{only}", 204, &[ADMIN]),
    row("DELETE /admin/v1/webhooks/{only}", 204, &[ADMIN]),
    row("DELETE /admin/v1/clients/{only}", 204, &[ADMIN]),
    row(
        "DELETE /admin/v1/clients/{only}/secrets/first",
        204,
        &[ADMIN],
    ),
    row("DELETE /admin/v1/users/{user_id}", 204, &[ADMIN]),
    row("DELETE /admin/v1/sessions/{session_id}", 204, &[ADMIN]),
    row("DELETE /admin/v1/grants/{grant_id}", 204, &[ADMIN]),
    row(
        "DELETE /admin/v1/users/01010101-0101-0101-0101-010101010101/passkeys/{passkey}",
        204,
        &[ADMIN],
    ),
    row(
        "DELETE /admin/v1/users/02020202-0202-0202-0202-020202020202/devices/{device_id}",
        204,
        &[ADMIN],
    ),
    row("POST /admin/v1/users/{user_id}/disable", 200, &[ADMIN]),
    row("POST /admin/v1/users/{user_id}/unlock", 200, &[ADMIN]),
    row("POST /admin/v1/signing-keys/{kid}/revoke", 200, &[ADMIN]),
];
