//! Checks that no rule of the domain runs: reading a request, looking up what it names, and the sign-in.
//!
//! The functions that these lists describe are few, and each list has a test that drives them. If a rule is in two
//! checks, the first one has it: an explanation then claims fewer passed checks, but no wrong one.

use countersign_domain::checks::Check;

/// Reading a request of a client.
pub(super) const READ: &[Check] = &[
    Check::new(
        "request_readable",
        "The request is well-formed and has its required parameters.",
        &[
            "method_not_allowed",
            "host_invalid",
            "content_type",
            "body_too_large",
            "body_incomplete",
            "not_json_object",
            "not_string",
            "percent_encoding",
            "not_utf8",
            "repeated",
            "missing",
        ],
    ),
    Check::new(
        "grant_type_supported",
        "The server supports the grant type.",
        &["grant_type_unsupported"],
    ),
    Check::new(
        "credentials_readable",
        "The client sent its credentials in one supported way.",
        &[
            "basic_unreadable",
            "scheme_unsupported",
            "client_id_mismatch",
            "authentication_method_ambiguous",
        ],
    ),
];

/// Client authentication.
pub(super) const CLIENT: &[Check] = &[
    Check::new(
        "client_assertion_readable",
        "A client assertion, if the request has one, is a JWT about the client.",
        &[
            "assertion_type_unsupported",
            "assertion_malformed",
            "assertion_of_another_client",
        ],
    ),
    Check::new("client_known", "The client exists.", &["client_unknown"]),
    Check::new(
        "authentication_method_allowed",
        "The client is registered for the way in which it sent its credentials.",
        &["authentication_method_not_allowed"],
    ),
    Check::new(
        "credentials_present",
        "The client sent the credentials that it needs, and no others.",
        &["secret_missing", "secret_unexpected"],
    ),
    Check::new(
        "credentials_valid",
        "The client secret is right and has not expired, or a key of the client verifies the signature.",
        &[
            "secret_wrong",
            "secret_expired",
            "keys_unavailable",
            "assertion_key_unknown",
            "assertion_signature_wrong",
        ],
    ),
];

/// Client authentication by an assertion: after the claims.
pub(super) const ASSERTION_UNUSED: &[Check] = &[Check::new(
    "assertion_unused",
    "The client assertion was not used before.",
    &["assertion_replayed"],
)];

/// End of the client authentication.
pub(super) const CLIENT_ACTIVE: &[Check] = &[Check::new(
    "client_active",
    "The client is active.",
    &["client_disabled"],
)];

/// Authorization code: before its checks.
pub(super) const CODE: &[Check] = &[Check::new(
    "code_known",
    "This server issued the authorization code.",
    &["code_unknown"],
)];

/// Authorization code: after the grant is stored.
pub(super) const REDEEMED: &[Check] = &[
    Check::new(
        "code_unused",
        "The code was not redeemed before.",
        &["code_replayed", "grant_mismatch"],
    ),
    Check::new(
        "sign_in_valid",
        "The user is enabled, and neither the password nor the session of the sign-in has changed.",
        &[
            "user_mismatch",
            "user_disabled",
            "password_changed",
            "session_ended",
        ],
    ),
];

/// Refresh token: before its checks.
pub(super) const REFRESH_TOKEN: &[Check] = &[
    Check::new(
        "refresh_token_known",
        "This server issued the refresh token.",
        &["refresh_token_unknown"],
    ),
    Check::new(
        "grant_known",
        "The refresh token leads to a grant.",
        &["grant_unknown"],
    ),
];

/// Token exchange: before its checks.
pub(super) const PRESENTED_TOKENS: &[Check] = &[Check::new(
    "presented_tokens_live",
    "The presented tokens are live access tokens of this server, and the client requests one.",
    &[
        "token_type_unsupported",
        "subject_token_invalid",
        "actor_token_invalid",
    ],
)];

/// Authorization request: its client.
pub(super) const REQUESTING_CLIENT: &[Check] = &[Check::new(
    "client_known",
    "The client exists.",
    &["client_unknown"],
)];

/// Authorization request: before the checks of the other parameters.
pub(super) const RESPONSE: &[Check] = &[
    Check::new(
        "response_mode_supported",
        "The server supports the response mode.",
        &["response_mode_unsupported"],
    ),
    Check::new(
        "claims_readable",
        "The `claims` parameter, if the request has one, is well-formed.",
        &["claims_malformed"],
    ),
];

/// Authorization request: after the checks of its parameters.
pub(super) const DEMANDS: &[Check] = &[
    Check::new(
        "id_token_hint_known",
        "This server issued the `id_token_hint`, if the request has one, to this client.",
        &["id_token_hint_unknown"],
    ),
    Check::new(
        "demands_readable",
        "`prompt` and `max_age` are well-formed.",
        &[
            "prompt_unknown",
            "prompt_contradictory",
            "max_age_malformed",
        ],
    ),
    Check::new(
        "demands_met",
        "The user signed in and consented as the request demands.",
        &[
            "login_required",
            "acr_not_reached",
            "account_selection_required",
            "consent_required",
            "consent_refused",
        ],
    ),
];

/// Sign-in: its form.
pub(super) const FORM: &[Check] = &[Check::new(
    "form_valid",
    "The form is complete and comes from this browser and a page that has not expired.",
    &[
        "interaction_unknown",
        "form_of_another_browser",
        "form_of_another_session",
        "form_of_another_site",
        "login_step_unknown",
        "missing",
        "repeated",
        "one_time_code_format",
    ],
)];

/// Sign-in with a password.
pub(super) const PASSWORD: &[Check] = &[
    Check::new(
        "attempts_left",
        "The account and the network have attempts left.",
        &["too_many_attempts"],
    ),
    Check::new(
        "password_right",
        "A user has this email address and this password, and is enabled.",
        &["login_failed"],
    ),
];

/// Sign-in with a code or a passkey.
pub(super) const FACTOR: &[Check] = &[
    Check::new(
        "sign_in_live",
        "The sign-in has not expired, and its user is enabled and has the same password.",
        &[
            "login_step_expired",
            "login_step_used",
            "login_failed",
            "password_changed",
        ],
    ),
    Check::new(
        "attempts_left",
        "The sign-in, the account and the network have attempts left.",
        &[
            "too_many_attempts",
            "one_time_codes_exhausted",
            "login_ended",
        ],
    ),
    Check::new(
        "factor_right",
        "The code or the passkey is right.",
        &["one_time_code_wrong", "passkey_refused", "passkey_unknown"],
    ),
];

/// Access token at an endpoint of this server.
pub(super) const ACCESS_TOKEN: &[Check] = &[
    Check::new(
        "access_token_readable",
        "The request has one access token.",
        &[
            "access_token_missing",
            "two_access_tokens",
            "bearer_unreadable",
        ],
    ),
    Check::new(
        "access_token_known",
        "This server issued the access token.",
        &["access_token_unknown"],
    ),
    Check::new(
        "access_token_live",
        "The access token has not expired, and neither it nor its grant was revoked.",
        &["access_token_expired", "access_token_revoked"],
    ),
    Check::new(
        "access_token_suitable",
        "The access token is for this endpoint: its scope, its user and its audience.",
        &[
            "open_id_scope_missing",
            "access_token_without_owner",
            "access_token_for_another_resource",
        ],
    ),
];
