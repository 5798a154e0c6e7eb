//! What a request did, for the audit log. The server stores it after the response; see [`Activity`](crate::admin::Activity).

use super::CurrentRequest;
use super::note::{Note, Refused};
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::identifier::{GrantId, SessionId, UserId};
use countersign_domain::login::authentication::Methods;
use std::borrow::Cow;
use std::mem;

/// Returns a fact of an event.
fn fact(name: &'static str, value: impl Into<String>) -> FieldChange {
    FieldChange {
        field: Cow::Borrowed(name),
        before: None,
        after: Some(value.into()),
    }
}

impl CurrentRequest {
    /// Notes what a user did with their own account. `facts` are names and values.
    pub fn note_event(
        action: Action,
        user: UserId,
        session: Option<SessionId>,
        facts: &[(&'static str, &str)],
    ) {
        Self::note(|request| {
            let facts = facts.iter().map(|(name, value)| fact(name, *value));
            request.notes.push(Note {
                action,
                user: Some(user),
                session,
                client: request.client.as_ref().map(ToString::to_string),
                target: Party::new("user", user.to_string()),
                facts: facts.collect(),
                refusal: None,
            });
        });
    }

    /// Notes a sign-in.
    pub(crate) fn note_signed_in(user: UserId, session: Option<SessionId>, methods: Methods) {
        let amr = methods.amr().join(" ");
        Self::note_event(Action::USER_SIGNED_IN, user, session, &[("amr", &amr)]);
    }

    /// Notes that the request tries to sign in, so that its refusal is that of a sign-in.
    pub(crate) fn note_attempt() {
        Self::note(|request| request.is_attempt = true);
    }

    /// Notes that the request revokes a grant, because a rule demands it. Call it before the revocation: the client may
    /// close its connection meanwhile. `None` takes the note back, if the grant was already revoked.
    pub(crate) fn note_revocation(grant: Option<(GrantId, &'static str)>) {
        Self::note(|request| request.revoked = grant);
    }

    /// Takes what the request did. A revocation without a refusal is that of a request that was cut off.
    pub(crate) fn take_notes(&mut self) -> Vec<Note> {
        if let Some((grant, rule)) = self.revoked.take() {
            let target = match self.user {
                Some(user) => Party::new("user", user.to_string()),
                None => Party::new("grant", grant.to_string()),
            };
            self.notes.push(Note {
                action: Action::REVOCATION_CUT_OFF,
                user: None,
                session: None,
                client: self.client.as_ref().map(ToString::to_string),
                target,
                facts: vec![fact("grant", grant.to_string())],
                refusal: Some(rule),
            });
        }
        mem::take(&mut self.notes)
    }

    /// Notes that the request was refused.
    pub fn note_refusal(refused: &Refused<'_>) {
        Self::note(|request| {
            let mut facts = vec![fact("endpoint", refused.endpoint)];
            facts.extend(refused.evidence.map(|value| fact("evidence", value)));
            let revoked = request.revoked.take();
            facts.extend(revoked.map(|(grant, _)| fact("grant", grant.to_string())));
            let action = if revoked.is_some() {
                Action::GRANT_REVOKED
            } else if request.is_attempt {
                Action::SIGN_IN_REFUSED
            } else {
                Action::REQUEST_REFUSED
            };
            let target = match request.user {
                Some(user) => Party::new("user", user.to_string()),
                None => Party::new("endpoint", refused.endpoint),
            };
            request.notes.push(Note {
                action,
                user: None,
                session: None,
                client: refused.client.map(ToOwned::to_owned),
                target,
                facts,
                refusal: Some(refused.rule),
            });
        });
    }
}
