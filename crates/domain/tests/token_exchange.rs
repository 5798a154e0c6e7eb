//! Chains of token exchanges (RFC 8693) on the public interface of this crate alone.
//!
//! An app calls an API for its user. The API exchanges the token that it received for one for the next API, and so on.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may fail loudly")]

use countersign_domain::authorize::ResourceOwner;
use countersign_domain::client::authentication::{Caller, Credential};
use countersign_domain::client::{
    Client, ClientId, ClientSecret, ClientType, ExchangeRule, GrantType,
};
use countersign_domain::decision::Decision;
use countersign_domain::grant::Grant;
use countersign_domain::grant::custom::{CustomCredential, CustomGrant};
use countersign_domain::grant::redemption::Insertion;
use countersign_domain::grant::token_exchange::{PresentedToken, TokenExchange};
use countersign_domain::identifier::{GrantId, Subject};
use countersign_domain::login::authentication::{Authentication, Method, Methods};
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::time::Timestamp;
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::token::custom_claims::CustomClaims;
use countersign_domain::token::issuance::Issuance;
use proptest::prelude::*;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);
const ISSUER: &str = "https://id.example";
const LIFETIMES: Lifetimes = Lifetimes::DEFAULT;
const DEVICE: GrantType = GrantType::custom("urn:example:device");

/// Scope tokens of the tests.
const SCOPE: [&str; 4] = ["read", "write", "audit", "pay"];

/// Returns the scope tokens whose bit is set.
fn scope(bits: u8) -> Scope {
    let tokens = SCOPE.iter().enumerate();
    let chosen: Vec<_> = tokens
        .filter(|(index, _)| bits & (1 << index) != 0)
        .map(|(_, token)| *token)
        .collect();
    if chosen.is_empty() {
        Scope::none()
    } else {
        Scope::parse(&chosen.join(" ")).unwrap()
    }
}

/// Returns a client with one grant type and the secret of [`authenticated`].
fn client(id: &str, grant_type: GrantType, scope: Scope) -> Client {
    let id = ClientId::parse(id).unwrap();
    let mut client = Client::new(id, "Client", ClientType::Confidential, NOW);
    client.grant_types = vec![grant_type];
    client.scope = scope;
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
        may_act: issuance.may_act.clone(),
        is_bound: false,
        custom: CustomClaims::none(),
    }
}

/// Returns the name of an API, which is its client identifier and its audience.
fn api(number: usize) -> String {
    format!("api-{number}")
}

/// An API of the chain: what it is registered for, and what it asks.
#[derive(Clone, Debug)]
struct Link {
    registered: u8,
    asked: Option<u8>,
    /// Seconds.
    lifetime: u64,
    /// Whether it asks for the next API in the chain, or for one that no rule allows.
    is_allowed: bool,
    impersonates: bool,
}

fn links() -> impl Strategy<Value = Vec<Link>> {
    let link = (
        any::<u8>(),
        proptest::option::weighted(0.3, any::<u8>()),
        1..4000_u64,
        proptest::bool::weighted(0.95),
        any::<bool>(),
    )
        .prop_map(
            |(registered, asked, lifetime, is_allowed, impersonates)| Link {
                registered,
                asked,
                lifetime,
                is_allowed,
                impersonates,
            },
        );
    proptest::collection::vec(link, 1..12)
}

/// Returns a token of an app for the first API, and its grant.
fn token_of_app(granted: Scope) -> (Client, AccessToken, Grant) {
    let mut app = client("app", DEVICE, granted);
    app.audience = Some(api(0));
    let asked = CustomGrant {
        grant_type: DEVICE,
        scope: None.into(),
        resources: &[],
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
    (app, presented(&issuance), grant)
}

/// Exchanges a token at an API of the chain.
fn exchanged(
    (number, link): (usize, &Link),
    (issued_to, token): (&Client, &AccessToken),
    grant: &Grant,
) -> Result<(Client, Issuance), Refusal> {
    let mut own = client(
        &api(number),
        GrantType::TOKEN_EXCHANGE,
        scope(link.registered),
    );
    own.access_token_lifetime = Some(Duration::from_secs(link.lifetime));
    own.token_exchange = vec![ExchangeRule {
        subject_client: issued_to.id.clone(),
        audience: api(number + 1),
        impersonation: link.impersonates,
    }];
    // What a server does with every presented token.
    let check = |refusal: Refusal| refusal.of_subject_token();
    token.check(ISSUER, NOW).map_err(check)?;
    let grant = token.check_root(Some(grant.clone()), NOW).map_err(check)?;
    let asked = link.asked.map(|bits| scope(bits).as_str().to_owned());
    let next = if link.is_allowed {
        api(number + 1)
    } else {
        "ledger".to_owned()
    };
    let request = TokenExchange {
        subject: PresentedToken {
            token,
            grant: Some(&grant),
            client: issued_to,
            received_for: None,
        },
        actor: None,
        targets: &[&next],
        scope: asked.as_deref().into(),
    };
    match authenticated(&own).exchange_token(&request, &LIFETIMES, NOW) {
        Decision::Issue(issuance) => Ok((own, issuance)),
        Decision::Refuse(refusal) | Decision::Revoke(_, refusal) => Err(refusal),
    }
}

/// Runs a chain until the first refusal. Returns each token with its client.
fn chain(links: &[Link], granted: Scope) -> (Vec<(Client, AccessToken)>, Grant, Option<Refusal>) {
    let (app, token, grant) = token_of_app(granted);
    let mut tokens = vec![(app, token)];
    for link in links.iter().enumerate() {
        let (client, token) = tokens.last().unwrap();
        match exchanged(link, (client, token), &grant) {
            Ok((client, issuance)) => tokens.push((client, presented(&issuance))),
            Err(refusal) => return (tokens, grant, Some(refusal)),
        }
    }
    (tokens, grant, None)
}

proptest! {
    #[test]
    fn every_token_of_a_chain_allows_at_most_what_the_one_before_allows(links in links(), granted in 1..16_u8) {
        let (tokens, grant, _) = chain(&links, scope(granted));
        for (number, pair) in tokens.windows(2).enumerate() {
            let ((_, before), (client, after)) = (&pair[0], &pair[1]);
            prop_assert!(after.scope.is_subset_of(&before.scope));
            prop_assert!(after.scope.is_subset_of(&client.scope));
            prop_assert!(after.expires_at <= before.expires_at);
            prop_assert_eq!(&after.audience, &[api(number + 1)]);
            prop_assert!(links[number].is_allowed);
            prop_assert_eq!(&after.subject, &before.subject);
            prop_assert_eq!(after.token_id.root.grant(), Some(grant.id()));
        }
    }

    #[test]
    fn revoking_the_grant_ends_every_token_of_a_chain(links in links(), granted in 1..16_u8) {
        let (tokens, mut grant, _) = chain(&links, scope(granted));
        let _ = grant.revoke(NOW);
        for (number, (client, token)) in tokens.iter().enumerate() {
            let revoked = Err(Refusal::AccessTokenRevoked);
            prop_assert_eq!(token.check_root(Some(grant.clone()), NOW), revoked);
            let link = Link { is_allowed: true, ..links[0].clone() };
            let again = exchanged((number, &link), (client, token), &grant);
            let expected = Refusal::AccessTokenRevoked.of_subject_token();
            prop_assert_eq!(again.unwrap_err(), expected);
        }
    }

    #[test]
    fn a_chain_names_at_most_eight_actors_and_each_once(links in links(), granted in 1..16_u8) {
        let (tokens, _, _) = chain(&links, scope(granted));
        for (_, token) in &tokens {
            let first = token.actor.as_ref();
            let actors: Vec<_> = std::iter::successors(first, |own| own.previous.as_deref())
                .map(|own| own.subject.as_str())
                .collect();
            prop_assert!(actors.len() <= 8);
            let mut unique = actors.clone();
            unique.sort_unstable();
            unique.dedup();
            prop_assert_eq!(unique.len(), actors.len());
        }
    }
}

#[test]
fn only_the_audience_of_a_token_may_exchange_it() {
    let link = Link {
        registered: 15,
        asked: None,
        lifetime: 60,
        is_allowed: true,
        impersonates: false,
    };
    let (app, token, grant) = token_of_app(scope(15));
    let refused = exchanged((1, &link), (&app, &token), &grant).unwrap_err();
    assert_eq!(refused.name(), "presented_token_for_another_audience");
    // An API that gave its token away cannot use it itself.
    let (first, issuance) = exchanged((0, &link), (&app, &token), &grant).unwrap();
    let next = presented(&issuance);
    assert_eq!(next.actor.as_ref().unwrap().subject.as_str(), "api-0");
    assert!(exchanged((1, &link), (&first, &next), &grant).is_ok());
    let refused = exchanged((2, &link), (&first, &next), &grant).unwrap_err();
    assert_eq!(refused.name(), "presented_token_for_another_audience");
}
