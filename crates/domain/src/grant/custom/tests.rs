use super::*;
use crate::client::authentication::{Credential, RegisteredClient};
use crate::client::openid_registration::{Sector, SubjectType};
use crate::client::{Client, ClientId};
use crate::grant::redemption::Insertion;
use crate::refusal::Refusal;
use crate::test_facts::{NOW, authorization_of, confidential_client, login, secret};
use crate::token::custom_claims::CustomClaims;
use crate::token::token_id::Root;
use core::time::Duration;

const VOUCHER: GrantType = GrantType::custom("urn:example:voucher");
const LIFETIMES: Lifetimes = Lifetimes::DEFAULT;

/// Client with a custom grant type.
fn gateway() -> Client {
    Client {
        id: ClientId::parse("gateway").unwrap(),
        grant_types: [VOUCHER, GrantType::REFRESH_TOKEN].into(),
        scope: Scope::parse("read audit").unwrap(),
        resources: [Resource::parse("https://ledger.example").unwrap()].into(),
        redirect_uris: [].into(),
        ..confidential_client()
    }
}

fn caller(client: &Client) -> Caller<'_> {
    RegisteredClient::from_stored(client)
        .authenticate(&Credential::Secret(secret()), NOW)
        .unwrap()
}

fn request(scope: Option<&str>) -> CustomGrant<'_> {
    CustomGrant {
        grant_type: VOUCHER,
        scope: scope.into(),
        resources: &[],
    }
}

fn issued(decision: Decision<Issuance>) -> Issuance {
    match decision {
        Decision::Issue(issuance) => issuance,
        refused => panic!("{refused:?}"),
    }
}

#[test]
fn custom_token_has_subject_gty_claims_and_resources() {
    let mut client = gateway();
    client.openid.subject_type = SubjectType::Pairwise(Sector {
        host: "gateway.example".into(),
        salt: [9; 32],
    });
    let subject = Subject::new("jane");
    let asked = CustomGrant {
        resources: &["https://ledger.example"],
        ..request(Some("read"))
    };
    let mut claims = CustomClaims::none();
    claims.set("plan", "team").unwrap();
    let issuance = issued(caller(&client).custom_token(&asked, &subject, &LIFETIMES, NOW))
        .with_gty("voucher")
        .with_claims(claims.clone());
    let pairwise = client.openid.subject_type.subject_of(&subject);
    assert_eq!(issuance.subject, pairwise);
    assert_eq!(issuance.audience, ["https://ledger.example"]);
    assert_eq!((issuance.gty, issuance.root), (Some("voucher"), Root::Own));
    assert_eq!(issuance.custom, claims);
    assert_eq!(issuance.scope.as_str(), "read");
}

#[test]
fn unregistered_or_built_in_grant_type_is_refused() {
    let mut client = gateway();
    client.grant_types = [GrantType::CLIENT_CREDENTIALS].into();
    for grant_type in [VOUCHER, GrantType::CLIENT_CREDENTIALS] {
        let asked = CustomGrant {
            grant_type: grant_type.clone(),
            ..request(None)
        };
        let evidence = Evidence::of(grant_type.as_str());
        let refused = Decision::Refuse(Refusal::GrantTypeNotAllowed(evidence));
        let subject = Subject::new("jane");
        let judged = caller(&client).custom_token(&asked, &subject, &LIFETIMES, NOW);
        assert_eq!(judged, refused);
    }
    let not_allowed = || Refusal::GrantTypeNotAllowed(Evidence::of(VOUCHER.as_str()));
    let judged = presented(&client, NOW.plus(Duration::from_secs(60)));
    assert_eq!(judged, Decision::Refuse(not_allowed()));
}

#[test]
fn custom_token_has_only_registered_scope_and_resources() {
    let (client, subject) = (gateway(), Subject::new("jane"));
    let judged =
        |asked: CustomGrant<'_>| caller(&client).custom_token(&asked, &subject, &LIFETIMES, NOW);
    let scope = Refusal::ScopeNotRegistered(Evidence::of("admin"));
    assert_eq!(judged(request(Some("admin"))), Decision::Refuse(scope));
    let elsewhere = CustomGrant {
        resources: &["https://other.example"],
        ..request(None)
    };
    let resource = Refusal::ResourceNotAllowed(Evidence::of("https://other.example"));
    assert_eq!(judged(elsewhere), Decision::Refuse(resource));
}

#[test]
fn confidential_client_without_credentials_gets_no_custom_token() {
    let mut client = gateway();
    client.pkce.replaces_secret = true;
    let caller = RegisteredClient::from_stored(&client)
        .authenticate(&Credential::None, NOW)
        .unwrap();
    let judged = caller.custom_token(&request(None), &Subject::new("jane"), &LIFETIMES, NOW);
    assert_eq!(judged, Decision::Refuse(Refusal::SecretMissing));
}

/// Presents a credential that expires at this time.
fn presented(client: &Client, expires_at: Timestamp) -> Decision<Redemption> {
    let credential = CustomCredential {
        grant: GrantId::from_bytes([7; 16]),
        owner: ResourceOwner {
            subject: authorization_of(client).subject,
            authentication: login(),
            session: None,
            password: None,
        },
        expires_at,
    };
    caller(client).custom_grant(&request(Some("read")), credential, &LIFETIMES, NOW)
}

fn redeemed(client: &Client, expires_at: Timestamp) -> Redemption {
    match presented(client, expires_at) {
        Decision::Issue(redemption) => redemption,
        refused => panic!("{refused:?}"),
    }
}

#[test]
fn expired_custom_credential_is_refused() {
    let judged = presented(&gateway(), NOW);
    assert_eq!(judged, Decision::Refuse(Refusal::CredentialExpired));
}

#[test]
fn row_of_custom_grant_outlives_its_credential() {
    let second = Duration::from_secs(1);
    let lifetime = LIFETIMES.refresh_token();
    for (lifetime, has_refresh_token) in
        [(second, true), (lifetime, true), (lifetime + second, false)]
    {
        let expires_at = NOW.plus(lifetime);
        let redemption = redeemed(&gateway(), expires_at);
        assert!(redemption.grant().expires_at() >= expires_at);
        // A rotation would delete the row before the credential expires.
        let issuance = issued(redemption.stored(Insertion::Won));
        assert_eq!(issuance.refresh_token.is_some(), has_refresh_token);
    }
    let mut client = gateway();
    client.grant_types = [VOUCHER].into();
    let expires_at = NOW.plus(Duration::from_secs(1_000_000));
    let redemption = redeemed(&client, expires_at);
    assert_eq!(redemption.grant().expires_at(), expires_at);
}

#[test]
fn custom_grant_issues_only_once_for_one_identifier() {
    let client = gateway();
    let id = GrantId::from_bytes([7; 16]);
    let redeemed = || redeemed(&client, NOW.plus(Duration::from_secs(60)));
    let first = redeemed();
    let stored = first.grant().clone();
    let issuance = issued(first.stored(Insertion::Won));
    assert_eq!(stored.authorization().scope().as_str(), "read");
    assert!(issuance.refresh_token.is_some());
    let again = redeemed().stored(Insertion::Lost {
        stored: Some(&stored),
    });
    assert_eq!(again, Decision::Revoke(id, Refusal::CodeReplayed));
}
