//! Endpoints that clients call.

use super::row::{Row, row, silent};

/// Type of a client assertion (RFC 7523 section 2.2).
const JWT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const WEB: (&str, &str) = ("client_id", "web");
const SECRET: (&str, &str) = ("client_secret", "{SECRET}");
const CALLBACK: (&str, &str) = ("redirect_uri", "{CALLBACK}");
const VERIFIER: (&str, &str) = ("code_verifier", "{VERIFIER}");
const CODE: (&str, &str) = ("grant_type", "authorization_code");
const REFRESH: (&str, &str) = ("grant_type", "refresh_token");
const MACHINE: (&str, &str) = ("grant_type", "client_credentials");
const EXCHANGE: (&str, &str) = (
    "grant_type",
    "urn:ietf:params:oauth:grant-type:token-exchange",
);
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const DEVICE: (&str, &str) = ("grant_type", crate::devices::DEVICE_CODE);
const CONSOLE: (&str, &str) = ("client_id", "console");

pub(super) const ROWS: &[Row] = &[
    row(
        "POST /oauth2/token",
        200,
        &[WEB, SECRET, CODE, ("code", "{code}"), CALLBACK, VERIFIER],
    ),
    row(
        "JSON /v1/oauth2/token",
        200,
        &[WEB, SECRET, CODE, ("code", "{code}"), CALLBACK, VERIFIER],
    ),
    row(
        "POST /oauth2/token",
        200,
        &[WEB, SECRET, REFRESH, ("refresh_token", "{refresh}")],
    ),
    row(
        "JSON /v1/oauth2/token",
        200,
        &[WEB, SECRET, REFRESH, ("refresh_token", "{refresh}")],
    ),
    row(
        "POST /oauth2/token",
        200,
        &[("client_id", "{only}"), SECRET, MACHINE, ("scope", "read")],
    ),
    row(
        "JSON /v1/oauth2/token",
        200,
        &[("client_id", "{only}"), SECRET, MACHINE, ("scope", "read")],
    ),
    row(
        "POST /oauth2/token",
        200,
        &[
            ("client_id", "keyed"),
            ("client_secret", "{secret}"),
            MACHINE,
            ("scope", "read"),
        ],
    ),
    row(
        "POST /oauth2/token",
        200,
        &[
            ("client_assertion_type", JWT),
            ("client_assertion", "{assertion}"),
            MACHINE,
            ("scope", "read"),
        ],
    ),
    row(
        "POST /oauth2/token",
        200,
        &[
            WEB,
            SECRET,
            EXCHANGE,
            ("subject_token", "{access}"),
            ("subject_token_type", ACCESS_TOKEN),
        ],
    ),
    row(
        "POST /oauth2/device_authorization",
        200,
        &[("client_id", "{only}"), SECRET, ("scope", "read")],
    ),
    row(
        "POST /oauth2/token",
        200,
        &[CONSOLE, SECRET, DEVICE, ("device_code", "{device_code}")],
    ),
    row(
        "JSON /v1/oauth2/token",
        200,
        &[CONSOLE, SECRET, DEVICE, ("device_code", "{device_code}")],
    ),
    row(
        "POST /oauth2/introspect",
        200,
        &[WEB, SECRET, ("token", "{access}")],
    ),
    row(
        "POST /oauth2/introspect",
        200,
        &[WEB, SECRET, ("token", "{refresh}")],
    ),
    row(
        "POST /oauth2/introspect",
        200,
        &[
            ("client_id", "keyed"),
            ("client_secret", "{secret}"),
            ("token", "x"),
        ],
    ),
    silent(
        "POST /oauth2/revoke",
        200,
        &[WEB, SECRET, ("token", "{access}")],
    ),
    silent(
        "POST /oauth2/revoke",
        200,
        &[WEB, SECRET, ("token", "{refresh}")],
    ),
    row(
        "POST /oauth2/introspect",
        200,
        &[("client_id", "{only}"), SECRET, ("token", "{machine}")],
    ),
    silent(
        "POST /oauth2/revoke",
        200,
        &[("client_id", "{only}"), SECRET, ("token", "{machine}")],
    ),
    row("GET /oauth2/userinfo", 200, &[("bearer", "{access}")]),
    row(
        "POST /oauth2/userinfo",
        200,
        &[("access_token", "{access}")],
    ),
    row(
        "JSON /oauth2/register",
        400,
        &[("bearer", "{initial_token}")],
    ),
    row(
        "GET /oauth2/register/{registered}",
        200,
        &[("bearer", "{registration_token}")],
    ),
    row(
        "PUT /oauth2/register/{registered}",
        400,
        &[
            ("bearer", "{registration_token}"),
            ("client_id", "{registered}"),
        ],
    ),
    row(
        "DELETE /oauth2/register/{registered}",
        204,
        &[("bearer", "{registration_token}")],
    ),
    row("GET /oauth2/jwks/{kid}", 200, &[]),
    row(
        "JSON /v1/oauth2/authorize/confirm",
        200,
        &[("next_step_auth_id", "{step}")],
    ),
    row(
        "JSON /v1/oauth2/authorize/mfa",
        401,
        &[
            ("next_step_auth_id", "{mfa_step}"),
            ("verification_code", "000000"),
        ],
    ),
    row(
        "JSON /v1/oauth2/authorize",
        200,
        &[
            ("email", "jane@example.com"),
            ("password", "{PASSWORD}"),
            ("client_id", "{only}"),
            CALLBACK,
            ("code_challenge", "{CHALLENGE}"),
            ("code_challenge_method", "S256"),
        ],
    ),
    row("GET /v1/users/me", 403, &[("bearer", "{access}")]),
    row(
        "GET /v1/users/x/roles",
        403,
        &[("bearer", "{access}"), ("audience", "api")],
    ),
    row("GET /v1/users/x/attributes", 403, &[("bearer", "{access}")]),
    row(
        "PATCH /v1/users/x/attributes",
        403,
        &[("bearer", "{access}")],
    ),
    row("GET /api/sessions", 403, &[("bearer", "{access}")]),
    row("GET /api/sessions", 200, &[("cookie session", "{session}")]),
    row(
        "DELETE /api/sessions",
        200,
        &[("cookie session", "{session}")],
    ),
    row(
        "DELETE /api/sessions/{session_id}",
        400,
        &[("cookie session", "{session}")],
    ),
    row("POST /signout", 302, &[("cookie session", "{session}")]),
];
