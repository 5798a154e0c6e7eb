//! Token exchanges.

use crate::facts::{Facts, LIFETIMES, NOW, client, secret};
use crate::table::{Table, of};
use crate::tokens::token_of;
use countersign_domain::client::authentication::RegisteredClient;
use countersign_domain::client::{Client, ClientId, ExchangeRule, GrantType};
use countersign_domain::grant::token_exchange::{
    MOST_ACTORS, PresentedToken, TokenExchange, check_token_type,
};
use countersign_domain::identifier::Subject;
use countersign_domain::refusal::{Refusal, Refusal as R};
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::token::actor::Actor;
use std::error::Error;

const STOCK: &str = "https://stock.example";

#[rustfmt::skip] // a row, a line
pub(crate) fn token_exchange(table: &mut Table, facts: &Facts) -> Result<(), Box<dyn Error>> {
    table.section("Token exchange");
    let api = Client {
        grant_types: vec![GrantType::TOKEN_EXCHANGE],
        token_exchange: vec![ExchangeRule { subject_client: facts.client.id.clone(), audience: STOCK.into(), impersonation: false }],
        ..client("api")?
    };
    let token = AccessToken { audience: vec!["api".into()], ..token_of(facts) };
    let agent = ClientId::parse("agent")?;
    let judged = |target: &str, with_actor: bool, change: &dyn Fn(&mut AccessToken)| -> Option<Refusal> {
        let mut subject = token.clone();
        change(&mut subject);
        let actor = AccessToken { expires_at: NOW, ..token.clone() };
        let presented = |token| PresentedToken { token, grant: Some(&facts.grant), client: &facts.client, received_for: None };
        let request = TokenExchange {
            subject: presented(&subject),
            actor: with_actor.then(|| presented(&actor)),
            targets: &[target],
            scope: None.into(),
        };
        let caller = RegisteredClient::from_stored(&api).authenticate(&secret(), NOW).ok()?;
        caller.exchange_token(&request, &LIFETIMES, NOW).refusal().cloned()
    };
    let acting = |count: usize| (0..count).fold(None, |previous: Option<Actor>, number| Some(Actor { subject: Subject::new(format!("api-{number}")), previous: previous.map(Box::new) }));
    let id_token = "urn:ietf:params:oauth:token-type:id_token";
    table.row(R::TokenTypeUnsupported(of(id_token)), check_token_type(id_token).err());
    table.row(R::SubjectTokenInvalid(of("access_token_expired")), judged(STOCK, false, &|t| t.expires_at = NOW));
    table.row(R::ActorTokenInvalid(of("access_token_expired")), judged(STOCK, true, &|_| ()));
    table.row(R::PresentedTokenForAnotherAudience(of("ledger")), judged(STOCK, false, &|t| t.audience = vec!["ledger".into()]));
    table.row(R::ExchangeNotAllowed(of("agent")), judged(STOCK, false, &|t| t.client = agent.clone()));
    table.row(R::ExchangeTargetNotAllowed(of("ledger")), judged("ledger", false, &|_| ()));
    table.row(R::ActorNotAllowed(of("api")), judged(STOCK, false, &|t| t.may_act = Some(agent.clone())));
    table.row(R::ActorRepeated(of("api")), judged(STOCK, false, &|t| t.actor = Some(Actor { subject: Subject::new("api"), previous: None })));
    table.row(R::ActorsTooMany, judged(STOCK, false, &|t| t.actor = acting(MOST_ACTORS)));
    Ok(())
}
