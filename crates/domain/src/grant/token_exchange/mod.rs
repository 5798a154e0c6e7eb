//! The token exchange grant (RFC 8693): a client exchanges an access token for another one with less access.
//!
//! A rule of the client must allow it ([`ExchangeRule`]). The new token never allows more and never lives longer than
//! the presented one, and keeps its root, so revoking the root ends both.
//!
//! [`ExchangeRule`]: crate::client::ExchangeRule

mod actors;
mod presented;
mod rules;

pub use presented::PresentedToken;

use crate::checks::checks;
use crate::client::authentication::Caller;
use crate::client::{Client, GrantType};
use crate::decision::Decision;
use crate::evidence::Evidence;
use crate::grant::Grant;
use crate::parameter::present;
use crate::refusal::Refusal;
use crate::scope::{RequestedScope, Scope};
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::token::actor::Actor;
use crate::token::issuance::Issuance;
use alloc::string::String;
use alloc::vec::Vec;

/// Token type of access tokens, the only one that the rules exchange (RFC 8693 section 3).
pub const ACCESS_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Maximum number of actors of a token.
pub const MOST_ACTORS: usize = 8;

/// Maximum number of audiences of a new token.
pub const MOST_AUDIENCES: usize = 10;

/// Checks `subject_token_type`, `actor_token_type` or `requested_token_type`.
pub fn check_token_type(name: &str) -> Result<(), Refusal> {
    if name == ACCESS_TOKEN_TYPE {
        Ok(())
    } else {
        Err(Refusal::TokenTypeUnsupported(Evidence::of(name)))
    }
}

/// Token exchange request (RFC 8693 section 2.1), with its tokens.
#[derive(Clone, Copy, Debug)]
pub struct TokenExchange<'a> {
    /// Subject token.
    pub subject: PresentedToken<'a>,
    /// Actor token, issued to the client: its subject will act. Without it, the client acts.
    pub actor: Option<PresentedToken<'a>>,
    /// All values of `resource` and `audience`. Empty keeps the audience of the subject token.
    pub targets: &'a [&'a str],
    /// `scope`. `None` means all scope of the subject token that the client is registered for.
    pub scope: RequestedScope<'a>,
}

/// What the checks find out about the new token.
#[derive(Default)]
struct Exchanged {
    audience: Vec<String>,
    actor: Option<Actor>,
    scope: Scope,
}

impl Caller<'_> {
    /// Checks that the client may exchange tokens at all. Call it before you read a presented token, so that other
    /// clients cannot find out which tokens are live.
    pub fn may_exchange_tokens(&self) -> Result<(), Refusal> {
        check_exchanging_client(self)
    }

    /// Decides a token exchange. The response has an access token only, for this client, and no grant is stored.
    pub fn exchange_token(
        &self,
        request: &TokenExchange<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Decision<Issuance> {
        self.judge_exchange(request, lifetimes, now).into()
    }

    fn judge_exchange(
        &self,
        request: &TokenExchange<'_>,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Result<Issuance, Refusal> {
        self.may_exchange_tokens()?;
        let mut exchanged = Exchanged::default();
        check_token_exchange(self, request, now, &mut exchanged)?;
        let Exchanged {
            audience,
            actor,
            scope,
        } = exchanged;
        let (client, subject) = (self.client(), &request.subject);
        let name = match subject.owner() {
            Some(owner) => client.openid.subject_type.subject_of(owner),
            None => subject.token.subject.clone(),
        };
        let mut issuance = Issuance::of_access_token(client, name, scope, lifetimes, now);
        let root = subject.token.token_id.root;
        issuance.root = root.of_exchanged(subject.token.as_first());
        issuance.owner = subject.owner().cloned();
        issuance.audience = audience;
        issuance.actor = actor;
        issuance.may_act = subject.may_act().cloned().or(issuance.may_act);
        let presented = [Some(*subject), request.actor];
        let ends = presented.iter().flatten().map(|own| own.token.expires_at);
        issuance.expires_at = ends.fold(issuance.expires_at, Timestamp::min);
        Ok(issuance)
    }
}

checks! {
    /// Checks of a client that exchanges tokens, in order. They come before the tokens are read.
    pub const EXCHANGING_CLIENT_CHECKS;
    /// Runs [`EXCHANGING_CLIENT_CHECKS`].
    fn check_exchanging_client(caller: &Caller<'_>);
    /// The client is registered for the grant type `urn:ietf:params:oauth:grant-type:token-exchange`.
    exchange_registered ["grant_type_not_allowed"] => caller.client().may_use(&GrantType::TOKEN_EXCHANGE),
    /// The client has authenticated.
    exchange_authenticated ["secret_missing"] => caller.check_authenticated(),
}

checks! {
    /// Checks of a token exchange, in order.
    pub const TOKEN_EXCHANGE_CHECKS;
    /// Runs [`TOKEN_EXCHANGE_CHECKS`]. Puts what the new token will contain into `exchanged`.
    fn check_token_exchange(
        caller: &Caller<'_>,
        request: &TokenExchange<'_>,
        now: Timestamp,
        exchanged: &mut Exchanged,
    );
    /// The grants are those of the presented tokens.
    grants_of_presented_tokens ["grant_mismatch"] => request.check_grants(),
    /// The presented tokens have not expired.
    presented_tokens_unexpired ["subject_token_invalid", "actor_token_invalid"] => request.check_unexpired(now),
    /// The subject token was issued to the client or is meant for it. The actor token was issued to it.
    presented_tokens_for_client ["presented_token_for_another_audience"] => request.check_audience(caller.client()),
    /// A rule of the client is about the client that the subject token comes from.
    subject_client_allowed ["exchange_not_allowed"] => request.check_subject_client(caller.client()),
    /// The rules of the client allow the audience.
    targets_allowed ["exchange_target_not_allowed"] => exchanged.targets(caller.client(), request),
    /// `may_act` of the subject token names the client, or there is none.
    actor_allowed ["actor_not_allowed"] => request.check_may_act(caller.client()),
    /// The actor is not yet among the actors, and there are not too many.
    actors_bounded ["actor_repeated", "actors_too_many"] => exchanged.actors(caller.client(), request),
    /// The subject token has the requested scope, and the client is registered for it.
    scope_of_subject_token ["scope_malformed", "scope_beyond_grant", "scope_not_registered"] => exchanged.scope(caller.client(), request),
}

impl TokenExchange<'_> {
    fn check_grants(&self) -> Result<(), Refusal> {
        let mut presented = [Some(self.subject), self.actor].into_iter().flatten();
        let has_own =
            |own: PresentedToken<'_>| own.token.token_id.root.grant() == own.grant.map(Grant::id);
        if presented.all(has_own) {
            Ok(())
        } else {
            Err(Refusal::GrantMismatch)
        }
    }

    fn check_unexpired(&self, now: Timestamp) -> Result<(), Refusal> {
        let expired = Refusal::AccessTokenExpired;
        if self.subject.token.expires_at.has_passed(now) {
            return Err(expired.of_subject_token());
        }
        match self.actor {
            Some(actor) if actor.token.expires_at.has_passed(now) => Err(expired.of_actor_token()),
            _ => Ok(()),
        }
    }

    fn check_audience(&self, client: &Client) -> Result<(), Refusal> {
        // Otherwise, an API could name a client that calls it as the actor.
        let actor = self.actor.filter(|own| own.token.client != client.id);
        let subject = Some(self.subject).filter(|own| !own.is_for(client));
        match subject.or(actor) {
            Some(other) => {
                let named = other.token.audience.first().map_or("", String::as_str);
                Err(Refusal::PresentedTokenForAnotherAudience(Evidence::of(
                    named,
                )))
            }
            None => Ok(()),
        }
    }

    fn check_subject_client(&self, client: &Client) -> Result<(), Refusal> {
        let from = self.subject.comes_from(client);
        let mut rules = client.token_exchange.iter();
        if rules.any(|rule| rule.subject_client.as_str() == from) {
            Ok(())
        } else {
            Err(Refusal::ExchangeNotAllowed(Evidence::of(from)))
        }
    }
}

impl Exchanged {
    fn targets(&mut self, client: &Client, request: &TokenExchange<'_>) -> Result<(), Refusal> {
        let from = request.subject.comes_from(client);
        let requested = request.targets.iter().filter(|text| !text.is_empty());
        let mut names: Vec<&str> = requested.copied().collect();
        if names.is_empty() {
            let kept = request.subject.token.audience.iter();
            names = kept.map(String::as_str).collect();
        }
        let refused = |name: &str| Err(Refusal::ExchangeTargetNotAllowed(Evidence::of(name)));
        for name in &names {
            if client.exchange_rule(from, name).is_none() {
                return refused(name);
            }
            if !self.audience.iter().any(|own| own == name) {
                self.audience.push((*name).into());
            }
            if self.audience.len() > MOST_AUDIENCES {
                return refused(name);
            }
        }
        if self.audience.is_empty() {
            return refused("");
        }
        Ok(())
    }

    fn scope(&mut self, client: &Client, request: &TokenExchange<'_>) -> Result<(), Refusal> {
        let requested = request.scope;
        let token = &request.subject.token.scope;
        let scope = token.narrowed(requested, Refusal::ScopeBeyondGrant)?;
        self.scope = match present(requested.text) {
            Some(_) => {
                let text = Some(scope.as_str());
                let registered = RequestedScope { text, ..requested };
                client
                    .scope
                    .narrowed(registered, Refusal::ScopeNotRegistered)?
            }
            None => scope.intersection(&client.scope),
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests;
