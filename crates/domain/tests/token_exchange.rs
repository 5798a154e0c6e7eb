//! Token exchange (RFC 8693) on the public interface of this crate alone.
//!
//! An API calls another API for its user. It exchanges the access token that it received for one with less scope.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may fail loudly")]

use countersign_domain::authorize::ResourceOwner;
use countersign_domain::client::authentication::{Caller, Credential};
use countersign_domain::client::{Client, ClientId, ClientSecret, ClientType, GrantType};
use countersign_domain::decision::Decision;
use countersign_domain::grant::Grant;
use countersign_domain::grant::custom::{CustomCredential, CustomGrant, Parent};
use countersign_domain::grant::redemption::Insertion;
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::refusal::{CustomRule, ErrorCode, Refusal};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::time::Timestamp;
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::token::custom_claims::CustomClaims;
use countersign_domain::token::issuance::Issuance;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);
const ISSUER: &str = "https://id.example";
const LIFETIMES: Lifetimes = Lifetimes::DEFAULT;

const EXCHANGE: GrantType = GrantType::custom("urn:ietf:params:oauth:grant-type:token-exchange");
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const GTY: &str = "token-exchange";

/// Audience of the API for orders.
const ORDERS: &str = "https://orders.example";
/// Audience of the API for stock.
const STOCK: &str = "https://stock.example";

const SUBJECT_TOKEN_TYPE_UNSUPPORTED: CustomRule = CustomRule {
    name: "subject_token_type_unsupported",
    code: ErrorCode::InvalidRequest,
    description: "subject_token_type must be that of an access token",
};

/// Parameters of a token exchange (RFC 8693 section 2.1). The server has verified the signature of the subject token.
struct Exchange<'a> {
    subject_token: &'a AccessToken,
    subject_token_type: &'a str,
    scope: Option<&'a str>,
    resources: &'a [&'a str],
}

/// Decides a token exchange. `stored` is the grant of the subject token, and `audience` is that of the caller.
fn exchange(
    (caller, audience): (&Caller<'_>, &str),
    request: &Exchange<'_>,
    stored: Option<Grant>,
    now: Timestamp,
) -> Result<Issuance, Refusal> {
    if request.subject_token_type != ACCESS_TOKEN {
        return Err(SUBJECT_TOKEN_TYPE_UNSUPPORTED.refusal_of(request.subject_token_type));
    }
    let token = request.subject_token;
    token.check(ISSUER, now)?;
    // A token that was exchanged before has the grant of another client.
    let grant = match token.gty.as_deref() {
        Some(GTY) => token.check_root(stored, now)?,
        _ => token.check_grant(stored, now)?,
    };
    let asked = CustomGrant {
        grant_type: EXCHANGE,
        scope: request.scope.into(),
        resources: request.resources,
    };
    let parent = Parent {
        token,
        grant: &grant,
        audience,
    };
    let own = Subject::new(caller.client().id.as_str());
    match caller.exchanged_token(&asked, parent, &LIFETIMES, now) {
        Decision::Issue(issuance) => Ok(issuance
            .with_gty(GTY)
            .with_actor(own)
            .with_claims(token.custom.clone())),
        Decision::Refuse(refusal) | Decision::Revoke(_, refusal) => Err(refusal),
    }
}

/// Returns a client with one grant type and the secret of [`authenticated`].
fn client(id: &str, grant_type: GrantType, scope: &str) -> Client {
    let id = ClientId::parse(id).unwrap();
    let mut client = Client::new(id, "Client", ClientType::Confidential, NOW);
    client.grant_types = vec![grant_type];
    client.scope = Scope::parse(scope).unwrap();
    client.secrets = vec![ClientSecret {
        name: "first".into(),
        digest: Secret::new("secret").digest(),
        created_at: NOW,
        expires_at: None,
        last_used_at: None,
    }];
    client
}

fn authenticated(client: &Client) -> Caller<'_> {
    let credential = Credential::Secret(Secret::new("secret"));
    let registered = client.registered().unwrap();
    registered.authenticate(&credential, NOW).unwrap()
}

/// Returns the access token of a response, as the server reads it back.
fn presented(issuance: &Issuance) -> AccessToken {
    let claims = issuance.access_token_claims(ISSUER, [1; 12]);
    AccessToken {
        issuer: claims.issuer.into(),
        subject: issuance.subject.clone(),
        audience: issuance.audience.clone(),
        client: issuance.client.clone(),
        scope: issuance.scope.clone(),
        issued_at: issuance.issued_at,
        expires_at: issuance.expires_at,
        token_id: claims.token_id,
        gty: issuance.gty.map(Into::into),
        actor: issuance.actor.clone(),
        custom: issuance.custom.clone(),
    }
}

/// Returns an access token of an app, with a custom claim, and its grant. Jane signed in on a device without a browser.
fn token_of_app() -> (AccessToken, Grant) {
    let device = GrantType::custom("urn:ietf:params:oauth:grant-type:device_code");
    let mut app = client("app", device.clone(), "orders:read orders:write");
    app.resources = vec![Resource::parse(ORDERS).unwrap()];
    let asked = CustomGrant {
        grant_type: device,
        scope: None.into(),
        resources: &[ORDERS],
    };
    let owner = ResourceOwner {
        subject: Subject::new("jane"),
        authentication: Authentication::new(NOW, Methods::NONE.with(Method::PASSWORD)),
        session: None,
        password: None,
    };
    let credential = CustomCredential {
        grant: GrantId::from_bytes([1; 16]),
        owner,
        expires_at: NOW.plus(Duration::from_secs(600)),
    };
    let decision = authenticated(&app).custom_grant(&asked, credential, &LIFETIMES, NOW);
    let Decision::Issue(redemption) = decision else {
        panic!("{decision:?}")
    };
    let grant = redemption.grant().clone();
    let Decision::Issue(issuance) = redemption.stored(Insertion::Won) else {
        panic!("the grant is new")
    };
    let mut claims = CustomClaims::none();
    claims.set("plan", "team").unwrap();
    (presented(&issuance.with_claims(claims)), grant)
}

/// Exchanges a token at the API for orders, which calls the API for stock.
fn exchanged(token: &AccessToken, scope: &str, stored: &Grant) -> Result<Issuance, Refusal> {
    let mut orders = client("orders", EXCHANGE, "orders:read stock:read");
    orders.resources = vec![Resource::parse(STOCK).unwrap()];
    let request = Exchange {
        subject_token: token,
        subject_token_type: ACCESS_TOKEN,
        scope: Some(scope),
        resources: &[STOCK],
    };
    let caller = authenticated(&orders);
    exchange((&caller, ORDERS), &request, Some(stored.clone()), NOW)
}

/// Exchanges a token at the API for stock.
fn exchanged_again(token: &AccessToken, scope: &str, stored: &Grant) -> Result<Issuance, Refusal> {
    let stock = client("stock", EXCHANGE, "orders:read");
    let request = Exchange {
        subject_token: token,
        subject_token_type: ACCESS_TOKEN,
        scope: Some(scope),
        resources: &[],
    };
    let caller = authenticated(&stock);
    exchange((&caller, STOCK), &request, Some(stored.clone()), NOW)
}

#[test]
fn exchanged_token_keeps_subject_grant_and_claims() {
    let (token, grant) = token_of_app();
    let issuance = exchanged(&token, "orders:read", &grant).unwrap();
    assert_eq!(issuance.client.as_str(), "orders");
    assert_eq!(issuance.subject.as_str(), "jane");
    assert_eq!(issuance.scope.as_str(), "orders:read");
    assert_eq!(issuance.grant, Some(grant.id()));
    assert_eq!(issuance.custom, token.custom);
    let actor = issuance.actor.unwrap();
    assert_eq!((actor.subject.as_str(), actor.previous), ("orders", None));
}

#[test]
fn exchanged_token_can_be_exchanged_again() {
    let (token, grant) = token_of_app();
    let once = presented(&exchanged(&token, "orders:read", &grant).unwrap());
    let twice = exchanged_again(&once, "orders:read", &grant).unwrap();
    let actor = twice.actor.unwrap();
    assert_eq!(actor.previous.map(|actor| *actor), once.actor);
}

#[test]
fn only_audience_of_token_may_exchange_it() {
    let (token, grant) = token_of_app();
    let refused = exchanged_again(&token, "orders:read", &grant).unwrap_err();
    assert_eq!(refused, Refusal::AccessTokenForAnotherResource);
    // The API for orders gave its token away, and cannot use it itself.
    let once = presented(&exchanged(&token, "orders:read", &grant).unwrap());
    let refused = exchanged(&once, "orders:read", &grant).unwrap_err();
    assert_eq!(refused, Refusal::AccessTokenForAnotherResource);
}

#[test]
fn exchange_never_widens_or_prolongs_token() {
    let (mut token, grant) = token_of_app();
    let wider = exchanged(&token, "stock:read", &grant).unwrap_err();
    assert_eq!(wider.name(), "scope_beyond_grant");
    token.expires_at = NOW.plus(Duration::from_secs(5));
    let issuance = exchanged(&token, "orders:read", &grant).unwrap();
    assert_eq!(issuance.expires_at, token.expires_at);
}

#[test]
fn revoking_root_ends_all_tokens_of_chain() {
    let (token, mut grant) = token_of_app();
    let again = presented(&exchanged(&token, "orders:read", &grant).unwrap());
    let _ = grant.revoke(NOW);
    let refused = [
        exchanged(&token, "orders:read", &grant),
        exchanged_again(&again, "orders:read", &grant),
    ];
    for refused in refused {
        assert_eq!(refused.unwrap_err(), Refusal::AccessTokenRevoked);
    }
}

#[test]
fn custom_rule_refuses_with_its_code_and_value() {
    let (token, grant) = token_of_app();
    let orders = client("orders", EXCHANGE, "orders:read");
    let request = Exchange {
        subject_token: &token,
        subject_token_type: "urn:example:other",
        scope: None,
        resources: &[],
    };
    let caller = authenticated(&orders);
    let refused = exchange((&caller, ORDERS), &request, Some(grant), NOW).unwrap_err();
    assert_eq!(refused.name(), "subject_token_type_unsupported");
    assert_eq!(refused.code(), ErrorCode::InvalidRequest);
    assert_eq!(refused.evidence().unwrap().as_str(), "urn:example:other");
}
