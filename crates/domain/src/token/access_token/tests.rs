use super::*;
use crate::authorize::claims_request::{RequestedClaims, StandardClaim};
use crate::client::authentication::Credential;
use crate::client::openid_registration::{Sector, SubjectType};
use crate::identifier::GrantId;
use crate::resource::Resource;
use crate::test_facts::{
    NOW, changed, confidential_client, grant_of, public_client, secret, stored,
};
use crate::token::token_id::Root;
use core::time::Duration;

const ISSUER: &str = "https://auth.example";
const HOUR: Duration = Duration::from_secs(3600);

fn token_of(grant: &Grant) -> AccessToken {
    AccessToken {
        issuer: ISSUER.into(),
        subject: grant.authorization().subject.clone(),
        audience: [grant.authorization().client().as_str().into()].into(),
        client: grant.authorization().client().clone(),
        scope: grant.authorization().scope().clone(),
        issued_at: NOW,
        expires_at: NOW.plus(HOUR),
        token_id: TokenId {
            root: Root::Grant(grant.id()),
            unique: [1; 12],
            mac: None,
        },
        gty: None,
        actor: None,
        may_act: None,
        is_bound: false,
        custom: CustomClaims::none(),
    }
}

fn facts() -> (Client, Grant, AccessToken) {
    let client = confidential_client();
    let grant = grant_of(&client);
    let token = token_of(&grant);
    (client, grant, token)
}

fn with_secret(client: &Client) -> Caller<'_> {
    let credential = Credential::Secret(secret());
    stored(client).authenticate(&credential, NOW).unwrap()
}

fn without_secret(client: &Client) -> Caller<'_> {
    stored(client).authenticate(&Credential::None, NOW).unwrap()
}

#[test]
fn access_token_is_valid_at_its_issuer_until_it_expires() {
    let (_, _, token) = facts();
    assert_eq!(token.check(ISSUER, NOW), Ok(()));
    let unknown = Err(Refusal::AccessTokenUnknown);
    assert_eq!(token.check("https://other.example", NOW), unknown);
    let late = token.check(ISSUER, NOW.plus(HOUR));
    assert_eq!(late, Err(Refusal::AccessTokenExpired));
}

#[test]
fn access_token_that_is_bound_to_a_key_is_no_bearer_token() {
    let mut token = facts().2;
    token.is_bound = true;
    assert!(token.check(ISSUER, NOW).is_err());
}

#[test]
fn exchanged_access_token_belongs_to_grant_of_another_client() {
    let (_, grant, token) = facts();
    let exchanged = AccessToken {
        client: ClientId::parse("orders").unwrap(),
        ..token
    };
    let check = |grant: &Grant| exchanged.check_root(Some(grant.clone()), NOW);
    assert_eq!(check(&grant), Ok(grant.clone()));
    let unknown = Err(Refusal::AccessTokenUnknown);
    assert_eq!(exchanged.check_grant(Some(grant.clone()), NOW), unknown);
    let other = changed(&grant, |facts| facts.id = GrantId::from_bytes([9; 16]));
    assert_eq!(check(&other), unknown);
    let scope = Scope::parse("admin").unwrap();
    let wide = AccessToken { scope, ..exchanged };
    assert_eq!(wide.check_root(Some(grant), NOW), unknown);
}

#[test]
fn exchanged_access_token_acts_here_only_if_it_is_for_this_server() {
    let (client, grant, mut token) = facts();
    assert_eq!(token.to_act_on(Some(&grant)), Ok(&grant));
    token.token_id.root = Root::GrantOfExchanged(grant.id());
    let refused = Err(Refusal::AccessTokenForAnotherResource);
    assert_eq!(token.to_act_on(Some(&grant)), refused);
    token.audience = [ISSUER.into()].into();
    assert_eq!(token.to_act_on(Some(&grant)), Ok(&grant));
    // And never at the admin API.
    let api = "https://auth.example/admin/v1";
    let client = Client {
        resources: [Resource::parse(api).unwrap()].into(),
        ..client
    };
    token.audience = [api.into()].into();
    let administered = token.may_administer(&client, api);
    assert_eq!(administered, Err(Refusal::AccessTokenForAnotherResource));
    token.token_id.root = Root::Grant(grant.id());
    assert_eq!(token.may_administer(&client, api), Ok(()));
}

#[test]
fn access_token_of_revoked_or_expired_grant_is_refused() {
    let (_, grant, token) = facts();
    let check = |grant| token.check_grant(grant, NOW);
    assert_eq!(check(Some(grant.clone())), Ok(grant.clone()));
    let revoked = Err(Refusal::AccessTokenRevoked);
    assert_eq!(check(None), revoked);
    let mut over = grant.clone();
    let _ = over.revoke(NOW);
    assert_eq!(check(Some(over)), revoked);
    let over = changed(&grant, |facts| facts.expires_at = NOW);
    assert_eq!(check(Some(over)), revoked);
}

#[test]
fn access_token_that_exceeds_its_grant_is_refused() {
    let (_, grant, token) = facts();
    let unknown = Err(Refusal::AccessTokenUnknown);
    let mut forged = token.clone();
    forged.scope = Scope::parse("openid email").unwrap();
    assert_eq!(forged.check_grant(Some(grant.clone()), NOW), unknown);
    let mut forged = token;
    forged.client = ClientId::parse("other").unwrap();
    assert_eq!(forged.check_grant(Some(grant), NOW), unknown);
}

#[test]
fn access_token_is_refused_with_another_grant_of_its_client() {
    let (_, grant, token) = facts();
    let another = changed(&grant, |facts| facts.id = GrantId::from_bytes([9; 16]));
    let checked = token.check_grant(Some(another), NOW);
    assert_eq!(checked, Err(Refusal::AccessTokenUnknown));
}

#[test]
fn userinfo_releases_scope_claims_and_requested_claims() {
    let (client, grant, mut token) = facts();
    token.scope = Scope::parse("openid email").unwrap();
    let grant = changed(&grant, |facts| {
        facts.authorization.access.claims = RequestedClaims {
            userinfo: [StandardClaim::Locale].into_iter().collect(),
            id_token: [StandardClaim::Gender].into_iter().collect(),
        };
    });
    let release = token.release(Some(&grant), &client).unwrap();
    let expected = [
        StandardClaim::Locale,
        StandardClaim::Email,
        StandardClaim::EmailVerified,
    ];
    assert!(release.claims.iter().eq(expected));
    assert_eq!(release.subject, grant.authorization().subject);
}

#[test]
fn userinfo_releases_pairwise_subject() {
    let (mut client, grant, token) = facts();
    client.openid.subject_type = SubjectType::Pairwise(Sector {
        host: "app.example".into(),
        salt: [9; 32],
    });
    let release = token.release(Some(&grant), &client).unwrap();
    assert_eq!(release.owner, grant.authorization().subject);
    assert_ne!(release.subject, grant.authorization().subject);
}

#[test]
fn access_token_of_disabled_client_is_refused() {
    let (mut client, _, token) = facts();
    assert_eq!(token.check_client(&client), Ok(()));
    for status in [ClientStatus::Inactive, ClientStatus::Suspended] {
        client.status = status;
        let refused = Err(Refusal::AccessTokenRevoked);
        assert_eq!(token.check_client(&client), refused);
    }
}

#[test]
fn access_token_for_other_resources_is_refused() {
    let (client, mut grant, mut token) = facts();
    let api = "https://api.example";
    let refused = Err(Refusal::AccessTokenForAnotherResource);
    assert_eq!(token.to_act_on(Some(&grant)), Ok(&grant));
    grant = changed(&grant, |facts| {
        facts.authorization.access.resources = [Resource::parse(api).unwrap()].into();
    });
    for audience in [&[api][..], &[api, ISSUER], &[client.id.as_str()]] {
        token.audience = audience.iter().map(|name| (*name).into()).collect();
        assert_eq!(token.to_act_on(Some(&grant)), refused, "{audience:?}");
    }
    let own = Resource::parse(ISSUER).unwrap();
    grant = changed(&grant, |facts| {
        facts.authorization.access.resources.push(own);
    });
    token.audience = [api.into(), ISSUER.into()].into();
    assert_eq!(token.to_act_on(Some(&grant)), Ok(&grant));
    token.audience = [api.into()].into();
    assert_eq!(token.to_act_on(Some(&grant)), refused);
}

#[test]
fn userinfo_requires_openid_scope_and_resource_owner() {
    let (client, grant, mut token) = facts();
    let ownerless = token.release(None, &client);
    assert_eq!(ownerless, Err(Refusal::AccessTokenWithoutOwner));
    token.scope = Scope::parse("read").unwrap();
    let narrow = token.release(Some(&grant), &client);
    assert_eq!(narrow, Err(Refusal::OpenIdScopeMissing));
}

#[test]
fn aero2_17_only_client_and_audience_may_introspect_token() {
    let (_, _, mut token) = facts();
    let [own, server, other] = ["app", "api", "other"].map(|id| ClientId::parse(id).unwrap());
    token.audience = ["https://a.example".into(), "api".into()].into();
    assert!(token.may_be_introspected_by(&own));
    assert!(token.may_be_introspected_by(&server));
    assert!(!token.may_be_introspected_by(&other));
}

#[test]
fn refresh_token_is_current_until_it_is_rotated() {
    let (_, grant, _) = facts();
    let token = RefreshToken::of(&grant, 3);
    let at = |generation| changed(&grant, |facts| facts.generation = generation);
    assert!(at(3).is_current(&token, NOW));
    assert!(!at(4).is_current(&token, NOW));
    // The store lost rotations that it had acknowledged.
    assert!(at(2).is_current(&token, NOW));
    let moved = RefreshToken::from_sealed(GrantId::from_bytes([9; 16]), 3, None);
    assert!(!at(3).is_current(&moved, NOW));
    let mut revoked = at(3);
    let _ = revoked.revoke(NOW);
    assert!(!revoked.is_current(&token, NOW));
}

#[test]
fn unauthenticated_client_may_not_introspect() {
    let client = confidential_client();
    assert_eq!(with_secret(&client).may_introspect(), Ok(()));
    let public = public_client();
    let refused = without_secret(&public).may_introspect();
    assert_eq!(refused, Err(Refusal::SecretMissing));
}

#[test]
fn client_may_revoke_only_its_own_tokens() {
    let (mut client, mut grant, token) = facts();
    assert!(with_secret(&client).may_revoke(&grant));
    assert!(with_secret(&client).may_deny(&token));
    let public = public_client();
    assert!(without_secret(&public).may_revoke(&grant));
    assert!(!without_secret(&public).may_deny(&token));
    client.pkce.replaces_secret = true;
    assert!(without_secret(&client).may_revoke(&grant));
    grant = changed(&grant, |facts| {
        facts.authorization.bound_to_verifier = false;
    });
    assert!(!without_secret(&client).may_revoke(&grant));
    assert!(with_secret(&client).may_revoke(&grant));
    client.id = ClientId::parse("other").unwrap();
    assert!(!with_secret(&client).may_revoke(&grant));
    assert!(!with_secret(&client).may_deny(&token));
}

#[test]
fn only_marked_client_administers_with_token_for_admin_api_alone() {
    let api = "https://auth.example/admin/v1";
    let (client, _, token) = facts();
    let marked = Client {
        resources: [Resource::parse(api).unwrap()].into(),
        ..client.clone()
    };
    let may = |audience: &[&str], client: &Client| {
        let audience = audience.iter().map(|&name| name.into()).collect();
        let token = AccessToken {
            audience,
            ..token.clone()
        };
        token.may_administer(client, api)
    };
    assert_eq!(may(&[api], &marked), Ok(()));
    let unmarked = Err(Refusal::ClientNotForAdministration);
    assert_eq!(may(&[api], &client), unmarked);
    let elsewhere = Err(Refusal::AccessTokenForAnotherResource);
    for audience in [&["app"][..], &[api, "https://b.example"], &[ISSUER], &[]] {
        assert_eq!(may(audience, &marked), elsewhere);
    }
}
