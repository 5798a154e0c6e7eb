use super::*;
use crate::client::authentication::{Credential, RegisteredClient};
use crate::client::openid_registration::{Sector, SubjectType};
use crate::client::{ClientId, ClientType, ExchangeRule};
use crate::grant::Grant;
use crate::identifier::{GrantId, Subject};
use crate::test_facts::{NOW, changed, confidential_client, grant_of, secret};
use crate::token::access_token::AccessToken;
use crate::token::custom_claims::CustomClaims;
use crate::token::token_id::{FirstToken, Root, TokenId};
use core::time::Duration;

mod actors;
mod targets;

const LIFETIMES: Lifetimes = Lifetimes::DEFAULT;
const STOCK: &str = "https://stock.example";

fn rule(subject_client: &str, audience: &str) -> ExchangeRule {
    ExchangeRule {
        subject_client: ClientId::parse(subject_client).unwrap(),
        audience: audience.into(),
        impersonation: false,
    }
}

/// API that exchanges the tokens of the app for tokens for the API for stock.
fn orders() -> Client {
    Client {
        id: ClientId::parse("orders").unwrap(),
        grant_types: [GrantType::TOKEN_EXCHANGE].into(),
        scope: Scope::parse("read audit").unwrap(),
        redirect_uris: [].into(),
        token_exchange: [rule("app", STOCK)].into(),
        ..confidential_client()
    }
}

fn caller(client: &Client) -> Caller<'_> {
    RegisteredClient::from_stored(client)
        .authenticate(&Credential::Secret(secret()), NOW)
        .unwrap()
}

/// Token of the app for the API for orders.
fn token_of(grant: &Grant) -> AccessToken {
    AccessToken {
        issuer: "https://id.example".into(),
        subject: grant.authorization().subject.clone(),
        audience: ["orders".into()].into(),
        client: grant.authorization().client().clone(),
        scope: Scope::parse("read write").unwrap(),
        issued_at: NOW,
        expires_at: NOW.plus(Duration::from_secs(60)),
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

/// Facts of an exchange, for tests to change.
struct Case {
    client: Client,
    app: Client,
    grant: Option<Grant>,
    token: AccessToken,
    actor: Option<AccessToken>,
    received_for: Option<&'static str>,
    targets: Vec<&'static str>,
    scope: Option<&'static str>,
}

impl Case {
    fn new() -> Self {
        let app = confidential_client();
        let grant = grant_of(&app);
        Self {
            client: orders(),
            token: token_of(&grant),
            app,
            grant: Some(grant),
            actor: None,
            received_for: None,
            targets: [STOCK].into(),
            scope: None,
        }
    }

    fn of(change: impl FnOnce(&mut Self)) -> Self {
        let mut case = Self::new();
        change(&mut case);
        case
    }

    fn judged(&self) -> Decision<Issuance> {
        let presented = |token| PresentedToken {
            token,
            grant: self.grant.as_ref(),
            client: &self.app,
            received_for: self.received_for,
        };
        let request = TokenExchange {
            subject: presented(&self.token),
            actor: self.actor.as_ref().map(presented),
            targets: &self.targets,
            scope: self.scope.into(),
        };
        caller(&self.client).exchange_token(&request, &LIFETIMES, NOW)
    }

    #[track_caller]
    fn issued(&self) -> Issuance {
        match self.judged() {
            Decision::Issue(issuance) => issuance,
            refused => panic!("{refused:?}"),
        }
    }

    #[track_caller]
    fn refused(&self) -> Refusal {
        self.judged().refusal().unwrap().clone()
    }
}

/// Makes the subject token one that the exchanging client got from its user.
fn own_token(case: &mut Case) {
    case.token.client = case.client.id.clone();
    let grant = case.grant.as_ref().unwrap();
    case.grant = Some(changed(grant, |facts| {
        facts.authorization.access.client = case.client.id.clone();
    }));
}

/// Returns a token for this subject that the exchanging client got for itself.
fn actor_token(case: &Case, subject: &str) -> AccessToken {
    let mut actor = case.token.clone();
    actor.client = case.client.id.clone();
    actor.subject = Subject::new(subject);
    actor
}

fn names(actor: Option<&Actor>) -> Vec<&str> {
    let chain = core::iter::successors(actor, |actor| actor.previous.as_deref());
    chain.map(|actor| actor.subject.as_str()).collect()
}

fn actors(names: &[&str]) -> Option<Actor> {
    let mut chain = None;
    for name in names.iter().rev() {
        chain = Some(Actor {
            subject: Subject::new(*name),
            previous: chain.map(alloc::boxed::Box::new),
        });
    }
    chain
}

#[test]
fn new_token_keeps_owner_and_root_and_allows_less() {
    let case = Case::new();
    let (issuance, grant) = (case.issued(), case.grant.clone().unwrap());
    assert_eq!(issuance.client.as_str(), "orders");
    assert_eq!(issuance.subject, grant.authorization().subject);
    assert_eq!(issuance.owner, Some(grant.authorization().subject.clone()));
    assert_eq!(issuance.root, Root::GrantOfExchanged(grant.id()));
    assert_eq!(issuance.audience, [STOCK]);
    assert_eq!(issuance.scope.as_str(), "read");
    assert_eq!(issuance.expires_at, case.token.expires_at);
    assert_eq!(names(issuance.actor.as_ref()), ["orders"]);
    assert_eq!((issuance.id_token, issuance.refresh_token), (None, None));
}

#[test]
fn pairwise_client_gets_its_own_subject() {
    let pairwise = SubjectType::Pairwise(Sector {
        host: "orders.example".into(),
        salt: [9; 32],
    });
    let case = Case::of(|case| case.client.openid.subject_type = pairwise.clone());
    let owner = &case.grant.as_ref().unwrap().authorization().subject;
    assert_eq!(case.issued().subject, pairwise.subject_of(owner));
}

#[test]
fn token_without_grant_becomes_root_itself() {
    let case = Case::of(|case| {
        case.grant = None;
        case.token.token_id.root = Root::Own;
        case.token.subject = Subject::new("app");
    });
    let first = FirstToken {
        unique: [1; 12],
        expires_at: case.token.expires_at,
    };
    let issuance = case.issued();
    assert_eq!(issuance.root, Root::Token(first));
    assert_eq!((issuance.subject.as_str(), issuance.owner), ("app", None));
    // The next token of the chain has the same root.
    let again = Case::of(|case| {
        case.grant = None;
        case.token.token_id.root = issuance.root;
    });
    assert_eq!(again.issued().root, issuance.root);
}

#[test]
fn only_confidential_client_with_grant_type_may_exchange() {
    let other = Case::of(|case| case.client.grant_types = [GrantType::CLIENT_CREDENTIALS].into());
    let name = GrantType::TOKEN_EXCHANGE;
    let evidence = Evidence::of(name.as_str());
    assert_eq!(other.refused(), Refusal::GrantTypeNotAllowed(evidence));
    let mut client = orders();
    client.client_type = ClientType::Public;
    let public = RegisteredClient::from_stored(&client).authenticate(&Credential::None, NOW);
    let checked = public.unwrap().may_exchange_tokens();
    assert_eq!(checked, Err(Refusal::SecretMissing));
}

#[test]
fn token_for_another_audience_is_refused() {
    let elsewhere =
        |case: &mut Case| case.token.audience = ["https://ledger.example".into()].into();
    let evidence = || Evidence::of("https://ledger.example");
    let refused = Case::of(elsewhere).refused();
    assert_eq!(
        refused,
        Refusal::PresentedTokenForAnotherAudience(evidence())
    );
    let own = Case::of(|case| {
        elsewhere(case);
        case.received_for = Some("https://ledger.example");
    });
    assert_eq!(own.issued().audience, [STOCK]);
    let actor = Case::of(|case| {
        let mut actor = case.token.clone();
        actor.audience = ["https://ledger.example".into()].into();
        case.actor = Some(actor);
    });
    let expected = Refusal::PresentedTokenForAnotherAudience(evidence());
    assert_eq!(actor.refused(), expected);
}

#[test]
fn exchange_with_grant_of_another_token_is_refused() {
    let another = |case: &mut Case| {
        let grant = case.grant.as_ref().unwrap();
        case.grant = Some(changed(grant, |facts| {
            facts.id = GrantId::from_bytes([9; 16]);
        }));
    };
    assert_eq!(Case::of(another).refused(), Refusal::GrantMismatch);
    let none = Case::of(|case| case.grant = None);
    assert_eq!(none.refused(), Refusal::GrantMismatch);
}

#[test]
fn expired_token_is_refused() {
    let subject = Case::of(|case| case.token.expires_at = NOW);
    let expired = Evidence::of("access_token_expired");
    let expected = Refusal::SubjectTokenInvalid(expired.clone());
    assert_eq!(subject.refused(), expected);
    let actor = Case::of(|case| {
        let mut actor = actor_token(case, "agent");
        actor.expires_at = NOW;
        case.actor = Some(actor);
    });
    assert_eq!(actor.refused(), Refusal::ActorTokenInvalid(expired));
}
