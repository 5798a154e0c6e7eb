//! Who acts: `act` and `may_act` (RFC 8693 sections 4.1 and 4.4).

use super::TokenExchange;
use crate::client::Client;
use crate::evidence::Evidence;
use crate::identifier::Subject;
use crate::refusal::Refusal;
use crate::token::actor::Actor;
use alloc::boxed::Box;

/// Maximum number of actors of a token.
pub const MOST_ACTORS: usize = 8;

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
