//! Token requests, and presented access tokens.

use crate::facts::{EXCHANGE, Facts, LIFETIMES, NOW, REQUEST, changed, secret, signed_in, user};
use crate::table::{Table, of};
use countersign_domain::authorize::ResourceOwner;
use countersign_domain::client::authentication::RegisteredClient;
use countersign_domain::client::{Client, GrantType};
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeExchange};
use countersign_domain::grant::custom::{CustomCredential, CustomGrant};
use countersign_domain::grant::redemption::Insertion;
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::grant::{Grant, GrantFacts};
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::refusal::{Refusal, Refusal as R};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::token::custom_claims::CustomClaims;
use countersign_domain::token::token_id::{Root, TokenId};
use countersign_domain::user::User;
use std::error::Error;

#[rustfmt::skip] // a row, a line
pub(crate) fn authorization_code(table: &mut Table, facts: &Facts) -> Result<(), Box<dyn Error>> {
    table.section("Authorization code");
    let code = &facts.code;
    let owner = RegisteredClient::from_stored(&facts.client).authenticate(&secret(), NOW)?;
    let other = RegisteredClient::from_stored(&facts.another_client).authenticate(&secret(), NOW)?;
    let judged = |caller, now, change: fn(&mut CodeExchange<'static>)| {
        let mut exchange = EXCHANGE;
        change(&mut exchange);
        code.redeem(&exchange, caller, &LIFETIMES, now).refusal().cloned()
    };
    let mut unbound = code.facts().clone();
    unbound.binding.challenge = None;
    let unbound = AuthorizationCode::from_sealed(unbound);
    let without_uri = CodeExchange { redirect_uri: None, code_verifier: None, resources: &[] };

    table.row(R::CodeOfAnotherClient(of("app")), judged(&other, NOW, |_| ()));
    table.row(R::CodeExpired, judged(&owner, code.facts().expires_at, |_| ()));
    table.row(R::RedirectUriMissing, unbound.redeem(&without_uri, &owner, &LIFETIMES, NOW).refusal().cloned());
    table.row(R::RedirectUriMismatch(of("https://app.example/")), judged(&owner, NOW, |e| e.redirect_uri = Some("https://app.example/")));
    table.row(R::VerifierMissing, judged(&owner, NOW, |e| e.code_verifier = None));
    table.row(R::VerifierMalformed, judged(&owner, NOW, |e| e.code_verifier = Some("short")));
    table.row(R::VerifierMismatch, judged(&owner, NOW, |e| e.code_verifier = REQUEST.code_challenge));
    table.row(R::VerifierUnexpected, unbound.redeem(&EXCHANGE, &owner, &LIFETIMES, NOW).refusal().cloned());
    // Checks after the grant is stored.
    let another = user([8; 16])?;
    table.row(R::UserMismatch, code.check_user(&another).err());
    let user = user([2; 16])?;
    let disabled = User { enabled: false, ..user.clone() };
    table.row(R::UserDisabled, code.check_user(&disabled).err());
    table.row(R::PasswordChanged, code.check_user(&user).err());
    // Decisions when the store already has a grant with this code's identifier.
    let lost_to = |stored: &Grant| facts.redemption.clone().stored(Insertion::Lost { stored: Some(stored) });
    let of_another_user = changed(&facts.grant, |g| g.authorization.subject = Subject::new("joe"));
    table.row(R::CodeReplayed, lost_to(&facts.grant).refusal().cloned());
    table.row(R::GrantMismatch, lost_to(&of_another_user).refusal().cloned());
    Ok(())
}

pub(crate) fn custom_grant(table: &mut Table, client: &Client) -> Result<(), Refusal> {
    table.section("Custom grant type");
    let voucher = GrantType::custom("urn:example:voucher");
    let mut client = client.clone();
    client.grant_types.push(voucher.clone());
    let caller = RegisteredClient::from_stored(&client).authenticate(&secret(), NOW)?;
    let asked = CustomGrant {
        grant_type: voucher,
        scope: None.into(),
        resources: &[],
    };
    let expired = CustomCredential {
        grant: GrantId::from_bytes([4; 16]),
        owner: ResourceOwner {
            subject: Subject::new("jane"),
            authentication: signed_in(),
            session: None,
            password: None,
        },
        expires_at: NOW,
    };
    let judged = caller.custom_grant(&asked, expired, &LIFETIMES, NOW);
    table.row(R::CredentialExpired, judged.refusal().cloned());
    Ok(())
}

#[rustfmt::skip] // a row, a line
pub(crate) fn refresh_token(table: &mut Table, facts: &Facts) -> Result<(), Refusal> {
    table.section("Refresh token");
    let owner = RegisteredClient::from_stored(&facts.client).authenticate(&secret(), NOW)?;
    let other = RegisteredClient::from_stored(&facts.another_client).authenticate(&secret(), NOW)?;
    let token = RefreshToken::from_sealed(facts.grant.id(), 0, None);
    let judged = |caller, now, scope: Option<&str>, change: fn(&mut GrantFacts)| {
        changed(&facts.grant, change).refresh(&token, scope.into(), &[], caller, &LIFETIMES, now).refusal().cloned()
    };
    let late = NOW.plus(LIFETIMES.refresh_leeway());

    table.row(R::RefreshTokenOfAnotherClient(of("app")), judged(&other, NOW, None, |_| ()));
    table.row(R::GrantRevoked, judged(&owner, NOW, None, |g| g.revoked_at = Some(NOW)));
    table.row(R::GrantExpired, judged(&owner, facts.grant.expires_at(), None, |_| ()));
    table.row(R::RefreshTokenReplayed, judged(&owner, late, None, |g| g.generation = 1));
    table.row(R::ScopeBeyondGrant(of("write")), judged(&owner, NOW, Some("read write"), |_| ()));
    Ok(())
}

#[rustfmt::skip] // a row, a line
pub(crate) fn access_token(table: &mut Table, facts: &Facts) {
    table.section("Presented access token");
    let (client, grant) = (&facts.client, &facts.grant);
    let token = token_of(facts);
    let open = AccessToken { scope: Scope::parse("openid").unwrap_or_default(), ..token.clone() };
    table.row(R::AccessTokenUnknown, token.check("https://other.example", NOW).err());
    table.row(R::AccessTokenExpired, token.check(&token.issuer, token.expires_at).err());
    table.row(R::AccessTokenRevoked, token.check_grant(None, NOW).err());
    table.row(R::OpenIdScopeMissing, token.release(Some(grant), client).err());
    table.row(R::AccessTokenWithoutOwner, open.release(None, client).err());
    table.row(R::AccessTokenForAnotherResource, for_resource(grant).and_then(|grant| token.to_act_on(Some(&grant)).err()));
    table.row(R::ClientNotForAdministration, AccessToken { audience: ["https://auth.example/admin/v1".into()].into(), ..token.clone() }.may_administer(client, "https://auth.example/admin/v1").err());
}

/// Returns an access token of the grant.
pub(crate) fn token_of(facts: &Facts) -> AccessToken {
    let (client, grant) = (&facts.client, &facts.grant);
    AccessToken {
        issuer: "https://id.example".into(),
        subject: grant.authorization().subject.clone(),
        audience: vec![client.id.as_str().into()],
        client: client.id.clone(),
        scope: grant.authorization().scope().clone(),
        issued_at: NOW,
        expires_at: NOW.plus(LIFETIMES.access_token()),
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

pub(crate) fn for_resource(grant: &Grant) -> Option<Grant> {
    let resource = Resource::parse("https://api.example").ok()?;
    Some(changed(grant, |g| {
        g.authorization.access.resources = vec![resource];
    }))
}
