//! Who acts: `act` and `may_act` (RFC 8693 sections 4.1 and 4.4).

use super::TokenExchange;
use crate::client::{Client, ClientId};
use crate::evidence::Evidence;
use crate::identifier::Subject;
use crate::refusal::Refusal;
use crate::token::actor::Actor;
use alloc::boxed::Box;

/// Maximum number of actors of a token.
pub const MOST_ACTORS: usize = 8;

impl TokenExchange<'_> {
    /// Returns the subject that will act: that of the actor token, or the client.
    pub(super) fn acting(&self, client: &Client) -> Subject {
        match self.actor {
            Some(actor) => actor.token.subject.clone(),
            None => Subject::new(client.id.as_str()),
        }
    }

    /// Checks `may_act` of the subject token. If its client was registered for `may_act` later, that counts, too.
    pub(super) fn check_may_act(&self, client: &Client) -> Result<(), Refusal> {
        let subject = self.subject;
        if self.actor.is_none() && subject.token.client == client.id {
            // The client narrows its own token.
            return Ok(());
        }
        let allowed = [
            subject.token.may_act.as_ref(),
            subject.client.may_act.as_ref(),
        ];
        let acting = self.acting(client);
        let is_other = |allowed: &&ClientId| allowed.as_str() != acting.as_str();
        match allowed.into_iter().flatten().find(is_other) {
            Some(_) => Err(Refusal::ActorNotAllowed(Evidence::of(acting.as_str()))),
            None => Ok(()),
        }
    }
}

/// Puts an actor before the previous ones. An actor that comes back would hide the actors in between from a resource
/// server that reads only the first one.
pub(super) fn after(previous: Option<Actor>, subject: Subject) -> Result<Actor, Refusal> {
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
