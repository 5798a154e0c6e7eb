//! Tests of the rules for upstream providers.

use super::*;
use crate::federation::claims::ClaimValue;
use crate::federation::claims::UpstreamClaims;
use crate::federation::email_domain::EmailDomain;
use crate::federation::preset::Preset;
use crate::federation::protocol::{OAuth2Endpoints, UpstreamAuthentication};
use crate::federation::provider::SealedClientSecret;
use crate::federation::provider_name::ProviderName;
use crate::scope::Scope;
use crate::time::Timestamp;
use InvalidUpstreamProvider as Invalid;
use alloc::vec;
use alloc::vec::Vec;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_000);

fn url(text: &str) -> UpstreamUrl {
    UpstreamUrl::parse(text).unwrap()
}

fn with_protocol(preset: Option<Preset>, protocol: UpstreamProtocol) -> UpstreamProvider {
    let name = ProviderName::parse("corp").unwrap();
    UpstreamProvider::new(name, preset, protocol, "client", NOW)
}

fn oidc(issuer: &str) -> UpstreamProvider {
    let issuer = url(issuer);
    with_protocol(None, UpstreamProtocol::OpenIdConnect { issuer })
}

fn oauth2(subject_claims: Vec<String>) -> UpstreamProvider {
    let endpoints = OAuth2Endpoints {
        authorization: url("https://id.example/authorize"),
        token: url("https://id.example/token"),
        userinfo: url("https://id.example/me"),
        emails: None,
        subject_claims,
    };
    with_protocol(None, UpstreamProtocol::OAuth2(endpoints))
}

/// Changes one fact of a valid provider.
type Break = fn(&mut UpstreamProvider);

#[test]
fn each_broken_rule_names_its_field() {
    let cases: &[(Break, Invalid)] = &[
        (|own| own.display_name.clear(), Invalid::DisplayName),
        (|own| own.preset = Some(Preset::Google), Invalid::Preset),
        (|own| own.client_id = "clïent".into(), Invalid::ClientId),
        (
            |own| own.scope = Scope::parse("email").unwrap(),
            Invalid::Scope,
        ),
        (
            |own| own.home_domains = vec![EmailDomain::parse("a.example").unwrap(); 501],
            Invalid::HomeDomains,
        ),
        (
            |own| own.two_factor_acr = vec!["mfa".into(); 21],
            Invalid::TwoFactorAcr,
        ),
        (
            |own| own.two_factor_amr = vec![String::new()],
            Invalid::TwoFactorAmr,
        ),
        (
            |own| {
                own.groups = Some(ValueTable {
                    claim: "groups".into(),
                    values: [("a".into(), [].into())].into(),
                });
            },
            Invalid::Groups,
        ),
    ];
    for (change, broken) in cases {
        let mut provider = oidc("https://id.example");
        assert_eq!(provider.check(), Ok(()));
        change(&mut provider);
        assert_eq!(provider.check(), Err(*broken));
        let named = alloc::format!("{broken}");
        assert!(named.contains(broken.field()), "{named}");
    }
}

#[test]
fn plain_http_needs_a_private_network() {
    let mut provider = oidc("http://127.0.0.1:9000");
    assert_eq!(provider.check(), Err(Invalid::PlainHttp));
    provider.allow_private_network = true;
    assert_eq!(provider.check(), Ok(()));
    let with_query = oidc("https://id.example/?tenant=1");
    assert_eq!(with_query.check(), Err(Invalid::Issuer));
}

#[test]
fn oauth2_provider_has_subject_claims_and_none_of_id_tokens() {
    let mut provider = oauth2(vec!["id".into()]);
    assert_eq!(provider.check(), Ok(()));
    provider.backchannel_logout = true;
    assert_eq!(provider.check(), Err(Invalid::BackchannelLogout));
    let mut provider = oauth2(vec!["id".into()]);
    provider.id_token_signed_response_alg = Some("RS256".into());
    assert_eq!(provider.check(), Err(Invalid::IdTokenAlgorithm));
    let mut provider = oauth2(vec!["id".into()]);
    provider.rp_initiated_logout = true;
    assert_eq!(provider.check(), Err(Invalid::RpInitiatedLogout));
    let mut provider = oauth2(vec!["id".into()]);
    provider.two_factor_acr = vec!["mfa".into()];
    assert_eq!(provider.check(), Err(Invalid::TwoFactorAcr));
    assert_eq!(oauth2(Vec::new()).check(), Err(Invalid::SubjectClaims));
}

#[test]
fn secret_is_there_exactly_if_the_method_needs_it() {
    let mut provider = oidc("https://id.example");
    assert_eq!(provider.check_with_secret(), Err(Invalid::SecretMissing));
    provider.secret = Some(SealedClientSecret {
        sealed: vec![1],
        created_at: NOW,
    });
    assert_eq!(provider.check_with_secret(), Ok(()));
    provider.authentication = UpstreamAuthentication::PrivateKeyJwt;
    assert_eq!(provider.check_with_secret(), Err(Invalid::Secret));
    provider.secret = None;
    assert_eq!(provider.check_with_secret(), Ok(()));
}

#[test]
fn secret_belongs_to_issuer_or_token_endpoint() {
    let before = oidc("https://id.example");
    let mut after = before.clone();
    after.client_id = "other".into();
    assert!(after.sends_secret_like(&before));
    assert!(!oidc("https://evil.example").sends_secret_like(&before));
    let before = oauth2(vec!["id".into()]);
    let mut after = before.clone();
    let UpstreamProtocol::OAuth2(endpoints) = &mut after.protocol else {
        panic!("another protocol");
    };
    endpoints.userinfo = url("https://id.example/user");
    assert!(after.sends_secret_like(&before));
    let UpstreamProtocol::OAuth2(endpoints) = &mut after.protocol else {
        panic!("another protocol");
    };
    endpoints.token = url("https://evil.example/token");
    assert!(!after.sends_secret_like(&before));
}

#[test]
fn every_preset_gives_a_valid_provider() {
    for preset in Preset::ALL.iter().copied() {
        let issuer = url("https://example.okta.com");
        let own = preset.protocol();
        let protocol = own.unwrap_or(UpstreamProtocol::OpenIdConnect { issuer });
        let provider = with_protocol(Some(preset), protocol);
        assert_eq!(provider.check(), Ok(()), "{preset:?}");
        assert_eq!(provider.display_name, preset.display_name());
    }
}

#[test]
fn only_listed_values_count_as_two_factors() {
    let mut provider = oidc("https://id.example");
    let token = |acr: &str, amr: &[&str]| {
        let mut claims = UpstreamClaims::default();
        claims.insert("acr", ClaimValue::Text(acr.into()));
        let amr = amr.iter().map(|own| (*own).into()).collect();
        claims.insert("amr", ClaimValue::Texts(amr));
        claims
    };
    assert!(!provider.had_two_factors(&token("mfa", &["pwd", "mfa"])));
    provider.two_factor_amr = vec!["mfa".into()];
    assert!(!provider.had_two_factors(&token("mfa", &["pwd"])));
    assert!(provider.had_two_factors(&token("", &["pwd", "mfa"])));
    provider.two_factor_acr = vec!["urn:two".into()];
    assert!(provider.had_two_factors(&token("urn:two", &[])));
}

#[test]
fn another_endpoint_or_claim_is_another_issuer_of_identities() {
    let first = oauth2(vec!["id".into()]);
    let endpoints = first.protocol.endpoints().unwrap();
    assert_eq!(endpoints.identity_issuer("id"), "https://id.example/me#id");
    assert_ne!(
        endpoints.identity_issuer("id"),
        endpoints.identity_issuer("name")
    );
}
