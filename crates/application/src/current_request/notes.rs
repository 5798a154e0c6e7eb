//! What a request did, for the audit log. The server stores it after the response; see [`Activity`](crate::admin::Activity).

use super::CurrentRequest;
use super::note::{Note, Refused};
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::authorize::AuthorizationRequest;
use countersign_domain::evidence::Evidence;
use countersign_domain::identifier::{GrantId, SessionId, UserId};
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::methods::Method;
use std::borrow::Cow;
use std::fmt::Display;
use std::mem;

/// Returns a fact of an event.
fn fact(name: &'static str, value: impl Into<String>) -> FieldChange {
    FieldChange {
        field: Cow::Borrowed(name),
        before: None,
        after: Some(value.into()),
    }
}

/// Returns a URI without user information, query and fragment, which can contain secrets.
fn public_part(uri: &str) -> String {
    let end = uri.find(['?', '#']).unwrap_or(uri.len());
    let uri = uri.get(..end).unwrap_or_default();
    match (uri.rsplit_once('@'), uri.split_once(':')) {
        (Some((_, host)), Some((scheme, _))) => format!("{scheme}://..@{host}"),
        (Some((_, host)), None) => format!("..@{host}"),
        (None, _) => uri.to_owned(),
    }
}

/// Returns a value of a refused request as its event may contain it. A URI loses the parts that can contain secrets. The
/// ID of an unknown client can be its secret, if the two were swapped.
fn shortened(rule: &str, value: &str) -> String {
    const LONGEST_ID: usize = 24;
    if value.contains(":/") {
        let query = if value.contains(['?', '#']) {
            "?.."
        } else {
            ""
        };
        public_part(value) + query
    } else if rule == "client_unknown" && value.chars().count() > LONGEST_ID {
        let start: String = value.chars().take(8).collect();
        format!("{start}..")
    } else {
        value.to_owned()
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

    /// Notes that the request tries to sign in with a method, so that its refusal is that of a sign-in.
    pub(crate) fn note_attempt(method: Method) {
        Self::note(|request| request.attempt = Some(method));
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

    /// Notes a fact of the request, for the explanation of its refusal. Call it only when the request is refused, and
    /// never with a secret, a code, a token or an email address. A long value is truncated.
    pub fn note_fact(name: &'static str, value: impl Display) {
        Self::note(|request| request.facts.push(fact(name, Evidence::of(value).as_str())));
    }

    /// Notes a URI like a fact, without user information, query and fragment.
    pub fn note_uri(name: &'static str, uri: &str) {
        Self::note_fact(name, public_part(uri));
    }

    /// Notes the parameters of an authorization request like facts.
    pub fn note_authorization(request: &AuthorizationRequest<'_>) {
        Self::note_uri("redirect_uri", request.redirect_uri);
        Self::note_fact("response_type", request.response_type);
        if let Some(scope) = request.scope {
            Self::note_fact("scope", scope);
        }
        let challenge = match (request.code_challenge, request.code_challenge_method) {
            (None, _) => "missing",
            (Some(_), Some("S256")) => "S256",
            (Some(_), None | Some("plain")) => "plain",
            (Some(_), Some(_)) => "other",
        };
        Self::note_fact("code_challenge", challenge);
    }

    /// Notes that the request was refused.
    pub fn note_refusal(refused: &Refused<'_>) {
        Self::note(|request| {
            let mut facts = vec![
                fact("endpoint", refused.endpoint),
                fact("error", refused.error),
            ];
            let evidence = refused.evidence.map(|value| shortened(refused.rule, value));
            facts.extend(evidence.map(|value| fact("evidence", value)));
            facts.extend(
                request
                    .attempt
                    .map(|method| fact("method", method.as_str())),
            );
            facts.append(&mut request.facts);
            let revoked = request.revoked.take();
            facts.extend(revoked.map(|(grant, _)| fact("grant", grant.to_string())));
            let action = if revoked.is_some() {
                Action::GRANT_REVOKED
            } else if request.attempt.is_some() {
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
                client: refused.client.map(|id| shortened(refused.rule, id)),
                target,
                facts,
                refusal: Some(refused.rule),
            });
        });
    }
}
