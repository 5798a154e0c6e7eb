//! The order of checks of each endpoint.

use super::{device_steps, steps};
use countersign_domain::authorize::AUTHORIZATION_CHECKS;
use countersign_domain::checks::Check;
use countersign_domain::client::assertion::ASSERTION_CHECKS;
use countersign_domain::client::{AuthenticationMethod, GrantType};
use countersign_domain::grant::authorization_code::REDEMPTION_CHECKS;
use countersign_domain::grant::client_credentials::CLIENT_CREDENTIALS_CHECKS;
use countersign_domain::grant::device_code::{DEVICE_AUTHORIZATION_CHECKS, DEVICE_CODE_CHECKS};
use countersign_domain::grant::refresh::REFRESH_CHECKS;
use countersign_domain::grant::token_exchange::{EXCHANGING_CLIENT_CHECKS, TOKEN_EXCHANGE_CHECKS};
use countersign_domain::login::methods::Method;

/// Kind of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind<'a> {
    pub(super) endpoint: &'a str,
    pub(super) grant_type: Option<&'a str>,
    /// Client authentication method.
    pub(super) authentication: Option<&'a str>,
    /// Login method.
    pub(super) method: Option<&'a str>,
}

/// Returns the checks of a request in order. Returns none for an endpoint whose checks are not listed.
pub(super) fn checks(kind: &Kind<'_>) -> Vec<&'static Check> {
    let tables: Vec<&'static [Check]> = match kind.endpoint {
        "/oauth2/token" | "/v1/oauth2/token" => {
            let mut tables = client(kind);
            tables.extend(grant(kind.grant_type.unwrap_or_default()));
            tables
        }
        "/oauth2/introspect" | "/oauth2/revoke" => client(kind),
        "/oauth2/device_authorization" => {
            let mut tables = client(kind);
            tables.extend([DEVICE_AUTHORIZATION_CHECKS, device_steps::REQUESTS_LEFT]);
            tables
        }
        "/device" | "/device/confirm" => vec![steps::FORM, device_steps::USER_CODE],
        "/oauth2/authorize" | "/continue" | "/consent" | "/accounts" => authorization(),
        "/login" => match kind.method {
            Some(method) if method == Method::PASSWORD.as_str() => {
                vec![steps::FORM, steps::PASSWORD]
            }
            Some(_) => vec![steps::FORM, steps::FACTOR],
            None => {
                let mut tables = vec![steps::FORM];
                tables.extend(authorization());
                tables
            }
        },
        "/v1/oauth2/authorize" => vec![
            first(steps::READ),
            steps::REQUESTING_CLIENT,
            AUTHORIZATION_CHECKS,
            steps::PASSWORD,
        ],
        "/v1/oauth2/authorize/mfa" => vec![first(steps::READ), steps::FORM, steps::FACTOR],
        "/oauth2/userinfo" => vec![steps::ACCESS_TOKEN],
        _ => Vec::new(),
    };
    tables.into_iter().flatten().collect()
}

/// Returns the first check of a table.
fn first(checks: &'static [Check]) -> &'static [Check] {
    checks.get(..1).unwrap_or(checks)
}

fn client(kind: &Kind<'_>) -> Vec<&'static [Check]> {
    let mut tables = vec![steps::READ, steps::CLIENT];
    if kind.authentication == Some(AuthenticationMethod::PrivateKeyJwt.as_str()) {
        tables.extend([ASSERTION_CHECKS, steps::ASSERTION_UNUSED]);
    }
    tables.push(steps::CLIENT_ACTIVE);
    tables
}

fn grant(grant_type: &str) -> Vec<&'static [Check]> {
    let grant_type = GrantType::named(grant_type);
    if grant_type == GrantType::AUTHORIZATION_CODE {
        vec![steps::CODE, REDEMPTION_CHECKS, steps::REDEEMED]
    } else if grant_type == GrantType::REFRESH_TOKEN {
        vec![steps::REFRESH_TOKEN, REFRESH_CHECKS]
    } else if grant_type == GrantType::DEVICE_CODE {
        vec![
            device_steps::DEVICE_CODE,
            DEVICE_CODE_CHECKS,
            device_steps::PACE,
            steps::REDEEMED,
        ]
    } else if grant_type == GrantType::CLIENT_CREDENTIALS {
        vec![CLIENT_CREDENTIALS_CHECKS]
    } else if grant_type == GrantType::TOKEN_EXCHANGE {
        vec![
            EXCHANGING_CLIENT_CHECKS,
            steps::PRESENTED_TOKENS,
            TOKEN_EXCHANGE_CHECKS,
        ]
    } else {
        Vec::new()
    }
}

/// The redirect URI comes first, and everything that can be redirected comes later.
fn authorization() -> Vec<&'static [Check]> {
    const BEFORE_RESPONSE: usize = 2;
    let (before, after) = AUTHORIZATION_CHECKS
        .split_at_checked(BEFORE_RESPONSE)
        .unwrap_or((AUTHORIZATION_CHECKS, &[]));
    vec![
        first(steps::READ),
        steps::REQUESTING_CLIENT,
        before,
        steps::RESPONSE,
        after,
        steps::DEMANDS,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_domain::refusal::Refusal;
    use std::collections::BTreeSet;

    const ENDPOINTS: [&str; 11] = [
        "/oauth2/token",
        "/v1/oauth2/token",
        "/oauth2/introspect",
        "/oauth2/revoke",
        "/oauth2/device_authorization",
        "/device",
        "/oauth2/authorize",
        "/login",
        "/v1/oauth2/authorize",
        "/v1/oauth2/authorize/mfa",
        "/oauth2/userinfo",
    ];

    fn all() -> Vec<Vec<&'static Check>> {
        let mut all = Vec::new();
        for endpoint in ENDPOINTS {
            for grant_type in GrantType::ALL.iter().map(GrantType::as_str) {
                for (authentication, method) in [
                    ("private_key_jwt", None),
                    ("none", Some("password")),
                    ("none", Some("passkey")),
                ] {
                    all.push(checks(&Kind {
                        endpoint,
                        grant_type: Some(grant_type),
                        authentication: Some(authentication),
                        method,
                    }));
                }
            }
        }
        all
    }

    /// Rules of endpoints that run one check, or a handful without an order that matters: the account pages, the logout,
    /// the admin API, and custom grant types.
    const OF_OTHER_ENDPOINTS: [&str; 12] = [
        "id_token_hint_missing",
        "post_logout_redirect_uri_not_registered",
        "credential_expired",
        "authentication_stale",
        "password_weak",
        "factors_off",
        "factor_demanded",
        "factor_missing",
        "permission_missing",
        "second_factor_stale",
        "client_not_for_administration",
        "user_mismatch",
    ];

    #[test]
    fn every_rule_of_the_protocol_endpoints_has_a_check() {
        let all = all();
        let listed: BTreeSet<&str> = all
            .iter()
            .flatten()
            .flat_map(|check| check.rules)
            .copied()
            .collect();
        for rule in Refusal::NAMES {
            let is_other = OF_OTHER_ENDPOINTS.contains(rule);
            assert!(is_other || listed.contains(rule), "{rule}");
        }
    }

    #[test]
    fn every_check_has_a_sentence_and_rules() {
        for check in all().iter().flatten() {
            assert!(check.meaning().ends_with('.'), "{}", check.name);
            assert!(!check.rules.is_empty(), "{}", check.name);
        }
    }
}
