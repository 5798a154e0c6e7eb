//! Tokens that a client presents to exchange them.

use crate::client::{Client, ClientId};
use crate::evidence::Evidence;
use crate::grant::Grant;
use crate::identifier::Subject;
use crate::refusal::Refusal;
use crate::token::access_token::AccessToken;
use crate::token::token_id::Root;
use alloc::string::String;

/// Live access token that a client presents as subject or actor (RFC 8693 section 2.1).
#[derive(Clone, Copy, Debug)]
pub struct PresentedToken<'a> {
    /// The token, after [`AccessToken::check`] and a check of its root.
    pub token: &'a AccessToken,
    /// Grant of the token; `None` for client credentials.
    pub grant: Option<&'a Grant>,
    /// Client that the token was issued to.
    pub client: &'a Client,
    /// Audience for which the exchanging client receives tokens, besides its client identifier: that of its resource
    /// server. Take it from the registration, never from the request.
    pub received_for: Option<&'a str>,
}

impl<'a> PresentedToken<'a> {
    /// Returns whether the token was issued to this client, or is meant for it. Otherwise, a client could use a token
    /// that an API received and leaked.
    pub(super) fn is_for(&self, client: &Client) -> bool {
        let id = client.id.as_str();
        let mut audience = self.token.audience.iter().map(String::as_str);
        self.token.client == client.id
            || audience.any(|name| name == id || Some(name) == self.received_for)
    }

    /// Returns the client that the access comes from, which rules name: the client of the token. For a token that the
    /// exchanging client obtained by an exchange, it is the client of the root. Otherwise a second exchange would need only
    /// rules about the client itself.
    pub(super) fn comes_from(&self, client: &Client) -> &'a str {
        let token = self.token;
        if token.client != client.id {
            return token.client.as_str();
        }
        match (token.token_id.root, self.grant) {
            (_, Some(grant)) => grant.authorization().client().as_str(),
            // A client is the subject of its own tokens.
            (Root::Token(_), None) => token.subject.as_str(),
            (_, None) => token.client.as_str(),
        }
    }

    /// Returns the only client that may act for the subject, if the token or its client names one.
    pub(super) fn may_act(&self) -> Option<&'a ClientId> {
        let (token, client) = (self.token, self.client);
        token.may_act.as_ref().or(client.may_act.as_ref())
    }

    /// Returns the resource owner, by the server's own subject.
    pub(super) fn owner(&self) -> Option<&'a Subject> {
        self.grant.map(|grant| &grant.authorization().subject)
    }
}

impl Refusal {
    /// Returns the refusal of a request whose subject token broke this rule (RFC 8693 section 2.2.2).
    #[must_use]
    pub fn of_subject_token(&self) -> Self {
        Self::SubjectTokenInvalid(Evidence::of(self.name()))
    }

    /// Returns the refusal of a request whose actor token broke this rule (RFC 8693 section 2.2.2).
    #[must_use]
    pub fn of_actor_token(&self) -> Self {
        Self::ActorTokenInvalid(Evidence::of(self.name()))
    }
}
