//! Pages of interactions, and pages of mailed links.

use super::row::{Row, row, silent};

const WEB: (&str, &str) = ("client_id", "web");
const SESSION: (&str, &str) = ("cookie session", "{session}");
const CSRF: (&str, &str) = ("csrf", "{csrf}");
const INTERACTION: (&str, &str) = ("interaction", "{interaction}");
const PASSWORD: (&str, &str) = ("password", "{PASSWORD}");
const CODE: (&str, &str) = ("response_type", "code");
const CALLBACK: (&str, &str) = ("redirect_uri", "{CALLBACK}");
const CHALLENGE: (&str, &str) = ("code_challenge", "{CHALLENGE}");
const S256: (&str, &str) = ("code_challenge_method", "S256");
const OPENID: (&str, &str) = ("scope", "openid");
const QUIET: (&str, &str) = ("prompt", "none");

pub(super) const ROWS: &[Row] = &[
    row(
        "GET /oauth2/authorize",
        303,
        &[WEB, CODE, CALLBACK, CHALLENGE, S256, OPENID, QUIET, SESSION],
    ),
    silent(
        "POST /oauth2/authorize",
        303,
        &[WEB, CODE, CALLBACK, CHALLENGE, S256, OPENID, QUIET, SESSION],
    ),
    row(
        "GET /oauth2/authorize",
        303,
        &[
            WEB,
            CODE,
            CALLBACK,
            CHALLENGE,
            S256,
            OPENID,
            QUIET,
            SESSION,
            ("id_token_hint", "{id_token}"),
        ],
    ),
    row(
        "GET /oauth2/authorize",
        303,
        &[
            ("client_id", "{only}"),
            CODE,
            CALLBACK,
            CHALLENGE,
            S256,
            OPENID,
        ],
    ),
    row("GET /continue", 303, &[INTERACTION]),
    row("GET /login", 200, &[INTERACTION]),
    row(
        "POST /login",
        303,
        &[CSRF, INTERACTION, ("email", "jane@example.com"), PASSWORD],
    ),
    row("GET /login/email-code", 200, &[INTERACTION]),
    row(
        "POST /login/email-code",
        303,
        &[CSRF, INTERACTION, ("email", "jane@example.com")],
    ),
    row("GET /login/passkey", 200, &[INTERACTION]),
    row(
        "POST /login/passkey",
        303,
        &[CSRF, INTERACTION, ("credential", "x")],
    ),
    row(
        "GET /consent",
        200,
        &[SESSION, ("interaction", "{consent}")],
    ),
    row(
        "POST /consent",
        303,
        &[
            SESSION,
            CSRF,
            ("interaction", "{consent}"),
            ("decision", "agree"),
        ],
    ),
    row("GET /device", 200, &[]),
    row(
        "POST /device",
        303,
        &[SESSION, CSRF, ("code", "{user_code}")],
    ),
    row(
        "GET /device/confirm",
        200,
        &[SESSION, ("interaction", "{device_page}")],
    ),
    row(
        "POST /device/confirm",
        303,
        &[
            SESSION,
            CSRF,
            ("interaction", "{device_page}"),
            ("decision", "agree"),
        ],
    ),
    row(
        "GET /device/allowed",
        200,
        &[("interaction", "{device_page}")],
    ),
    row(
        "GET /device/denied",
        200,
        &[("interaction", "{device_page}")],
    ),
    row(
        "GET /accounts",
        200,
        &[SESSION, ("interaction", "{accounts}")],
    ),
    row(
        "POST /accounts",
        303,
        &[
            SESSION,
            CSRF,
            ("interaction", "{accounts}"),
            ("account", "{session_id}"),
        ],
    ),
    row(
        "GET /oauth2/logout",
        200,
        &[SESSION, ("id_token_hint", "{id_token}")],
    ),
    silent(
        "POST /oauth2/logout",
        303,
        &[SESSION, ("id_token_hint", "{id_token}")],
    ),
    row(
        "POST /logout",
        200,
        &[
            SESSION,
            CSRF,
            ("interaction", "{logout}"),
            ("decision", "logout"),
        ],
    ),
    row("GET /recover", 200, &[INTERACTION]),
    row(
        "POST /recover",
        303,
        &[CSRF, INTERACTION, ("email", "joe@new.example")],
    ),
    row("GET /recover/check", 200, &[("interaction", "{recovery}")]),
    row(
        "POST /recover/check",
        303,
        &[CSRF, ("interaction", "{recovery}"), ("code", "1")],
    ),
    row(
        "GET /recover/password",
        303,
        &[("interaction", "{recovery}")],
    ),
    row(
        "POST /recover/password",
        303,
        &[
            CSRF,
            ("interaction", "{recovery}"),
            ("new_password", "vier blaue Katzen"),
        ],
    ),
    row("GET /lost-factor", 303, &[INTERACTION]),
    row(
        "POST /lost-factor",
        303,
        &[CSRF, INTERACTION, ("decision", "request")],
    ),
    row("GET /sign-up", 200, &[INTERACTION]),
    row(
        "POST /sign-up",
        303,
        &[CSRF, INTERACTION, ("email", "another@example.com")],
    ),
    row("GET /sign-up/check", 200, &[("interaction", "{sign_up}")]),
    row(
        "POST /sign-up/check",
        303,
        &[CSRF, ("interaction", "{sign_up}"), ("code", "1")],
    ),
    row("GET /sign-up/account", 303, &[("interaction", "{sign_up}")]),
    row(
        "POST /sign-up/account",
        303,
        &[
            CSRF,
            ("interaction", "{sign_up}"),
            ("new_password", "vier blaue Katzen"),
        ],
    ),
    row("GET /rp/authorize", 303, &[INTERACTION, ("idp", "corp")]),
    row(
        "GET /rp/callback/corp",
        502,
        &[
            ("state", "{state}"),
            ("code", "c"),
            ("iss", "https://idp.example"),
        ],
    ),
    row("GET /rp/userinfo", 200, &[SESSION]),
    silent(
        "GET /rp/frontchannel/corp",
        200,
        &[("iss", "https://idp.example"), ("sid", "{session_id}")],
    ),
    silent(
        "POST /rp/backchannel/corp",
        400,
        &[("logout_token", "{logout_token}")],
    ),
    // The page asks for the second factor unless the device is trusted.
    row(
        "POST /login",
        303,
        &[
            ("cookie device", "{device}"),
            CSRF,
            INTERACTION,
            ("email", "mia@example.com"),
            PASSWORD,
        ],
    ),
    // The cookie matters only when too many attempts have failed.
    silent(
        "POST /login",
        303,
        &[
            ("cookie known", "{known}"),
            CSRF,
            INTERACTION,
            ("email", "jane@example.com"),
            PASSWORD,
        ],
    ),
];

pub(super) const LINKS: &[Row] = &[
    row("GET /recover/link", 200, &[("token", "{recovery_link}")]),
    row(
        "POST /recover/link",
        303,
        &[CSRF, ("token", "{recovery_link}")],
    ),
    row(
        "GET /account/email/confirm",
        200,
        &[("token", "{address_link}")],
    ),
    row(
        "POST /account/email/confirm",
        303,
        &[CSRF, ("token", "{address_link}")],
    ),
    row("GET /account/email/undo", 200, &[("token", "{undo_link}")]),
    row(
        "POST /account/email/undo",
        303,
        &[CSRF, ("token", "{undo_link}")],
    ),
    row("GET /secure", 200, &[("token", "{secure_link}")]),
    row("POST /secure", 303, &[CSRF, ("token", "{secure_link}")]),
    row("GET /sign-up/link", 200, &[("token", "{sign_up_link}")]),
    row(
        "POST /sign-up/link",
        303,
        &[CSRF, ("token", "{sign_up_link}")],
    ),
    row(
        "GET /sign-up/invitation",
        200,
        &[("token", "{invitation_link}")],
    ),
    row(
        "POST /sign-up/invitation",
        303,
        &[CSRF, ("token", "{invitation_link}")],
    ),
];
