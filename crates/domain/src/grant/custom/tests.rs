use super::*;
use crate::client::authentication::{Credential, RegisteredClient};
use crate::client::openid_registration::{Sector, SubjectType};
use crate::client::{Client, ClientId};
use crate::grant::redemption::Insertion;
use crate::refusal::Refusal;
use crate::test_facts::{
    NOW, authorization_of, changed, confidential_client, grant_of, login, secret,
};
use crate::token::actor::Actor;
use crate::token::claims::TokenId;
use crate::token::custom_claims::CustomClaims;
use core::time::Duration;

const EXCHANGE: GrantType = GrantType::custom("urn:example:exchange");
const LIFETIMES: Lifetimes = Lifetimes::DEFAULT;

/// Client of a resource server, which exchanges the tokens that it receives.
fn gateway() -> Client {
    Client {
        id: ClientId::parse("gateway").unwrap(),
        grant_types: [EXCHANGE, GrantType::REFRESH_TOKEN].into(),
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
        grant_type: EXCHANGE,
        scope: scope.into(),
        resources: &[],
    }
}

fn token_of(grant: &Grant) -> AccessToken {
    AccessToken {
        issuer: "https://id.example".into(),
        subject: grant.authorization().subject.clone(),
        audience: ["gateway".into()].into(),
        client: grant.authorization().client().clone(),
        scope: Scope::parse("read write").unwrap(),
        issued_at: NOW,
        expires_at: NOW.plus(Duration::from_secs(60)),
        token_id: TokenId {
            grant: Some(grant.id()),
            unique: [1; 12],
            mac: None,
        },
        gty: None,
        actor: None,
        custom: CustomClaims::none(),
    }
}

fn exchanged(
    client: &Client,
    (token, grant): (&AccessToken, &Grant),
    scope: Option<&str>,
) -> Decision<Issuance> {
    let parent = Parent {
        token,
        grant,
        audience: client.id.as_str(),
    };
    caller(client).exchanged_token(&request(scope), parent, &LIFETIMES, NOW)
}

fn issued(decision: Decision<Issuance>) -> Issuance {
    match decision {
        Decision::Issue(issuance) => issuance,
        refused => panic!("{refused:?}"),
    }
}

#[test]
fn exchanged_token_keeps_grant_and_narrows_scope_and_lifetime() {
    let grant = grant_of(&confidential_client());
    let token = token_of(&grant);
    let issuance = issued(exchanged(&gateway(), (&token, &grant), None));
    assert_eq!(issuance.grant, Some(grant.id()));
    assert_eq!(issuance.client.as_str(), "gateway");
    assert_eq!(issuance.subject, grant.authorization().subject);
    assert_eq!(issuance.scope.as_str(), "read");
    assert_eq!(issuance.expires_at, token.expires_at);
    assert_eq!((issuance.id_token, issuance.refresh_token), (None, None));
}

#[test]
fn exchange_beyond_token_or_registration_is_refused() {
    let grant = grant_of(&confidential_client());
    let token = token_of(&grant);
    let judged = |scope| exchanged(&gateway(), (&token, &grant), Some(scope));
    let beyond = Refusal::ScopeBeyondGrant(Evidence::of("audit"));
    assert_eq!(judged("audit"), Decision::Refuse(beyond));
    let unregistered = Refusal::ScopeNotRegistered(Evidence::of("write"));
    assert_eq!(judged("read write"), Decision::Refuse(unregistered));
    assert_eq!(issued(judged("")).scope.as_str(), "read");
}

#[test]
fn exchange_with_grant_of_another_token_is_refused() {
    let grant = grant_of(&confidential_client());
    let other = changed(&grant, |facts| facts.id = GrantId::from_bytes([9; 16]));
    let judged = exchanged(&gateway(), (&token_of(&grant), &other), None);
    assert_eq!(judged, Decision::Refuse(Refusal::GrantMismatch));
}

#[test]
fn exchange_of_token_for_another_api_is_refused() {
    let grant = grant_of(&confidential_client());
    let token = AccessToken {
        audience: ["https://ledger.example".into()].into(),
        ..token_of(&grant)
    };
    let judged = exchanged(&gateway(), (&token, &grant), None);
    let refused = Decision::Refuse(Refusal::AccessTokenForAnotherResource);
    assert_eq!(judged, refused);
}

#[test]
fn exchange_of_expired_or_revoked_token_is_refused() {
    let grant = grant_of(&confidential_client());
    let expired = AccessToken {
        expires_at: NOW,
        ..token_of(&grant)
    };
    let judged = exchanged(&gateway(), (&expired, &grant), None);
    assert_eq!(judged, Decision::Refuse(Refusal::AccessTokenExpired));
    let mut revoked = grant.clone();
    let _ = revoked.revoke(NOW);
    let judged = exchanged(&gateway(), (&token_of(&grant), &revoked), None);
    assert_eq!(judged, Decision::Refuse(Refusal::GrantRevoked));
}

#[test]
fn exchanged_token_belongs_to_grant_of_another_client() {
    let grant = grant_of(&confidential_client());
    let exchanged = AccessToken {
        client: gateway().id,
        ..token_of(&grant)
    };
    let root = exchanged.check_root(Some(grant.clone()), NOW);
    assert_eq!(root, Ok(grant.clone()));
    let unknown = Err(Refusal::AccessTokenUnknown);
    assert_eq!(exchanged.check_grant(Some(grant.clone()), NOW), unknown);
    let other = changed(&grant, |facts| facts.id = GrantId::from_bytes([9; 16]));
    assert_eq!(exchanged.check_root(Some(other), NOW), unknown);
    let wide = AccessToken {
        scope: Scope::parse("admin").unwrap(),
        ..exchanged
    };
    assert_eq!(wide.check_root(Some(grant), NOW), unknown);
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
        .with_gty("exchange")
        .with_claims(claims.clone());
    let pairwise = client.openid.subject_type.subject_of(&subject);
    assert_eq!(issuance.subject, pairwise);
    assert_eq!(issuance.audience, ["https://ledger.example"]);
    assert_eq!((issuance.gty, issuance.grant), (Some("exchange"), None));
    assert_eq!(issuance.custom, claims);
    assert_eq!(issuance.scope.as_str(), "read");
}

#[test]
fn unregistered_or_built_in_grant_type_is_refused() {
    let mut client = gateway();
    client.grant_types = [GrantType::CLIENT_CREDENTIALS].into();
    for grant_type in [EXCHANGE, GrantType::CLIENT_CREDENTIALS] {
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
    client.grant_types = [EXCHANGE].into();
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

#[test]
fn actors_of_exchanged_token_follow_new_actor() {
    let grant = grant_of(&confidential_client());
    let token = AccessToken {
        actor: Some(Actor {
            subject: Subject::new("app"),
            previous: None,
        }),
        ..token_of(&grant)
    };
    let issuance = issued(exchanged(&gateway(), (&token, &grant), None));
    assert_eq!(issuance.actor, token.actor);
    let actor = issuance.with_actor(Subject::new("gateway")).actor.unwrap();
    assert_eq!(actor.subject.as_str(), "gateway");
    assert_eq!(actor.previous.map(|actor| *actor), token.actor);
}
