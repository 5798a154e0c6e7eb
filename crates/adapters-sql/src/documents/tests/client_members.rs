//! Members of the document of a client.

use super::*;
use countersign_domain::client::ExchangeRule;

const CLIENT_WITH_JWKS_URI: &str = include_str!("../golden/client_with_jwks_uri.json");
const CLIENT_WITH_WORKLOADS: &str = include_str!("../golden/clients/workloads.json");
const CLIENT_WITH_EXCHANGE: &str = include_str!("../golden/clients/token_exchange.json");

#[test]
fn golden_client_document_with_jwks_uri_has_expected_values() {
    let client = read_client(CLIENT_WITH_JWKS_URI).unwrap();
    let uri = RedirectUri::parse("https://app.example/jwks.json").unwrap();
    assert_eq!(client.keys, Some(KeySource::Published(uri)));
    assert_eq!(
        client::write(&client).unwrap(),
        stored(CLIENT_WITH_JWKS_URI)
    );
}

#[test]
fn client_document_with_jwks_and_jwks_uri_is_unreadable() {
    let both = r#"{"jwks": {"keys": []}}"#;
    assert!(read_client(&with(CLIENT_WITH_JWKS_URI, both)).is_err());
}

#[test]
fn golden_client_document_with_token_exchange_has_expected_values() {
    let client = read_client(CLIENT_WITH_EXCHANGE).unwrap();
    let rule = |audience: &str, impersonation| ExchangeRule {
        subject_client: ClientId::parse("web").unwrap(),
        audience: audience.into(),
        impersonation,
    };
    let rules = [
        rule("https://stock.example", false),
        rule("https://ledger.example", true),
    ];
    assert_eq!(client.token_exchange, rules);
    assert_eq!(client.grant_types, [GrantType::TOKEN_EXCHANGE]);
    assert_eq!(client.may_act, ClientId::parse("agent").ok());
    let written = client::write(&client).unwrap();
    assert_eq!(written, stored(CLIENT_WITH_EXCHANGE));
}

#[test]
fn exchange_rule_with_unknown_member_is_unreadable() {
    let later = r#"{"token_exchange": [{"subject_client": "web", "audience": "a", "scope": "b"}]}"#;
    assert!(read_client(&with(CLIENT_WITH_EXCHANGE, later)).is_err());
}

#[test]
fn golden_client_document_with_workloads_has_expected_values() {
    let client = read_client(CLIENT_WITH_WORKLOADS).unwrap();
    let [github, kubernetes] = &*client.workload_identities else {
        panic!("{:?}", client.workload_identities)
    };
    assert_eq!(github.subject.as_str(), "repo:acme/shop:environment:*");
    assert_eq!(github.audience.as_deref(), Some("shop"));
    assert_eq!(github.claims, [("repository_id".into(), "42".into())]);
    assert!(github.keys.uri().is_some());
    assert_eq!(kubernetes.issuer, "https://kubernetes.default.svc");
    assert!(kubernetes.keys.registered().is_some());
    let written = client::write(&client).unwrap();
    assert_eq!(written, stored(CLIENT_WITH_WORKLOADS));
}

#[test]
fn workload_with_unknown_member_or_without_keys_is_unreadable() {
    for members in [
        r#""jwks": {"keys": []}, "environment": "prod""#,
        r#""audience": "a""#,
    ] {
        let object = format!(r#"{{"issuer": "i", "subject": "s", {members}}}"#);
        let changed = format!(r#"{{"workload_identities": [{object}]}}"#);
        assert!(read_client(&with(CLIENT_WITH_WORKLOADS, &changed)).is_err());
    }
}
