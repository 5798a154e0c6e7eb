//! Who acts: `act` and `may_act` (RFC 8693 sections 4.1 and 4.4).

use super::{Exchanged, MOST_ACTORS, TokenExchange};
use crate::client::Client;
use crate::evidence::Evidence;
use crate::identifier::Subject;
use crate::refusal::Refusal;
use crate::token::actor::Actor;
use alloc::boxed::Box;
use alloc::string::String;

impl TokenExchange<'_> {
    /// Checks `may_act` of the subject token. If its client was registered for `may_act` later, that counts, too.
    pub(super) fn check_may_act(&self, client: &Client) -> Result<(), Refusal> {
        let subject = self.subject;
        if self.actor.is_none() && subject.comes_from(client) == client.id.as_str() {
            // The client narrows its own token.
            return Ok(());
        }
        let allowed = [
            subject.token.may_act.as_ref(),
            subject.client.may_act.as_ref(),
        ];
        if allowed.into_iter().flatten().all(|own| *own == client.id) {
            Ok(())
        } else {
            Err(Refusal::ActorNotAllowed(Evidence::of(&client.id)))
        }
    }
}

impl Exchanged {
    /// Returns whether the new token leaves out that the client acts.
    fn is_impersonation(&self, client: &Client, request: &TokenExchange<'_>) -> bool {
        let from = request.subject.comes_from(client);
        let allows = |name: &String| {
            let rule = client.exchange_rule(from, name);
            rule.is_some_and(|rule| rule.impersonation)
        };
        // A client that narrows its own token does not act for its subject more than before.
        from == client.id.as_str() || self.audience.iter().all(allows)
    }

    pub(super) fn actors(
        &mut self,
        client: &Client,
        request: &TokenExchange<'_>,
    ) -> Result<(), Refusal> {
        let previous = request.subject.token.actor.clone();
        let subject = &request.subject.token.subject;
        let own = Subject::new(client.id.as_str());
        let is_last = previous.as_ref().is_some_and(|last| last.subject == own);
        self.actor = match request.actor.map(|actor| &actor.token.subject) {
            Some(actor) if actor == subject => {
                return Err(Refusal::ActorRepeated(Evidence::of(actor.as_str())));
            }
            Some(actor) => Some(after(previous, actor.clone())?),
            None if self.is_impersonation(client, request) => previous,
            // The client narrows a token that it obtained by an exchange.
            None if is_last && request.subject.token.client == client.id => previous,
            None => Some(after(previous, own)?),
        };
        Ok(())
    }
}

/// Puts an actor before the previous ones. An actor that comes back would hide the actors in between from a resource
/// server that reads only the first one.
fn after(previous: Option<Actor>, subject: Subject) -> Result<Actor, Refusal> {
    let chain = core::iter::successors(previous.as_ref(), |actor| actor.previous.as_deref());
    let mut count = 0;
    for actor in chain {
        count += 1;
        if actor.subject == subject {
            return Err(Refusal::ActorRepeated(Evidence::of(subject.as_str())));
        }
    }
    if count >= MOST_ACTORS {
        return Err(Refusal::ActorsTooMany);
    }
    Ok(Actor {
        subject,
        previous: previous.map(Box::new),
    })
}
