//! Account pages.

use super::row::{Row, row, silent};

const SESSION: (&str, &str) = ("cookie session", "{session}");
const CSRF: (&str, &str) = ("csrf", "{own_csrf}");

pub(super) const ROWS: &[Row] = &[
    row("GET /account", 200, &[SESSION]),
    row("GET /account/profile", 200, &[SESSION]),
    row("GET /account/security", 200, &[SESSION]),
    row("GET /account/data", 200, &[SESSION]),
    row("GET /account/applications", 200, &[SESSION]),
    row("GET /account/sessions", 200, &[SESSION]),
    row("GET /account/password", 200, &[SESSION]),
    row("GET /account/password/remove", 200, &[SESSION]),
    row("GET /account/email", 303, &[SESSION]),
    row("GET /account/email/change", 200, &[SESSION]),
    row("GET /account/passkey", 200, &[SESSION]),
    row("GET /account/passkey/offer", 200, &[SESSION]),
    row("GET /account/authenticator", 200, &[SESSION]),
    row("GET /account/authenticator/remove", 200, &[SESSION]),
    row("GET /account/recovery-codes", 200, &[SESSION]),
    row("GET /account/delete", 200, &[SESSION]),
    row("GET /account/deletion", 303, &[SESSION]),
    row("GET /mfa-setup", 200, &[SESSION]),
    row(
        "POST /account/profile",
        303,
        &[SESSION, CSRF, ("name", "Jane")],
    ),
    row("POST /account/data/download", 200, &[SESSION, CSRF]),
    row(
        "POST /account/password",
        303,
        &[
            SESSION,
            CSRF,
            ("password", "{PASSWORD}"),
            ("new_password", "vier blaue Katzen"),
        ],
    ),
    row("POST /account/password/remove", 303, &[SESSION, CSRF]),
    row("POST /account/email", 303, &[SESSION, CSRF]),
    row(
        "POST /account/email/change",
        200,
        &[SESSION, CSRF, ("email", "jane@other.example")],
    ),
    row(
        "POST /account/passkey",
        303,
        &[
            SESSION,
            CSRF,
            ("interaction", "{enrollment}"),
            ("credential", "x"),
        ],
    ),
    row("POST /account/passkey/offer", 303, &[SESSION, CSRF]),
    silent(
        "POST /account/passkey/rename",
        303,
        &[SESSION, CSRF, ("item", "{passkey}"), ("name", "New")],
    ),
    silent(
        "POST /account/passkey/remove",
        303,
        &[SESSION, CSRF, ("item", "{passkey}")],
    ),
    row("POST /account/authenticator", 303, &[SESSION, CSRF]),
    row("POST /account/authenticator/remove", 303, &[SESSION, CSRF]),
    row("POST /account/recovery-codes", 303, &[SESSION, CSRF]),
    silent(
        "POST /account/sessions",
        303,
        &[SESSION, CSRF, ("item", "{session_id}")],
    ),
    row("POST /account/sessions/others", 303, &[SESSION, CSRF]),
    silent(
        "POST /account/devices",
        303,
        &[SESSION, CSRF, ("item", "{device_id}")],
    ),
    row(
        "POST /account/identities/link",
        303,
        &[SESSION, CSRF, ("item", "corp")],
    ),
    silent(
        "POST /account/identities/unlink",
        303,
        &[SESSION, CSRF, ("item", "{device_id}")],
    ),
    silent(
        "POST /account/consents",
        303,
        &[SESSION, CSRF, ("item", "{only}")],
    ),
    // These servers let no user delete an account.
    row(
        "POST /account/delete",
        403,
        &[SESSION, CSRF, ("confirm", "yes")],
    ),
    row(
        "POST /account/deletion",
        303,
        &[SESSION, CSRF, ("decision", "keep")],
    ),
];
