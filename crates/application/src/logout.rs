//! Logout requested by a client (OpenID Connect RP-Initiated Logout 1.0).

use crate::authorize::Authorizations;
use crate::failure::Failure;
use crate::sessions::{BrowserSessions, LiveSession};
use countersign_domain::client::Client;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::evidence::Evidence;
use countersign_domain::identifier::SessionId;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_ports::{IdToken, Store};
use std::sync::Arc;

/// Request parameters, not yet validated.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogoutRequest<'a> {
    /// `id_token_hint`.
    pub id_token_hint: Option<&'a str>,
    /// `logout_hint`: an email address or a `sid`.
    pub logout_hint: Option<&'a str>,
    /// `client_id`.
    pub client_id: Option<&'a str>,
    /// `post_logout_redirect_uri`.
    pub post_logout_redirect_uri: Option<&'a str>,
}

/// Validated logout request.
#[derive(Clone, Debug)]
pub struct Logout {
    /// Requesting client, if known.
    pub client: Option<Arc<Client>>,
    /// Registered redirect URI of the client to open after the logout.
    pub go_on: Option<RedirectUri>,
    /// Session to end; `None` if the browser has no live session.
    pub session: Option<SessionId>,
    /// Whether the client's ID token matches the session. If not, the user must confirm the logout.
    pub is_proved: bool,
}

impl<S: Store> Authorizations<S> {
    /// Validates a logout request. An expired ID token is accepted as a hint (section 2).
    pub async fn judge_logout(
        &self,
        tenant: &Tenant,
        request: &LogoutRequest<'_>,
        sessions: &BrowserSessions,
    ) -> Result<Logout, Failure> {
        let hint = request
            .id_token_hint
            .map(|hint| self.own_id_token(tenant, hint))
            .transpose()?;
        let client = match (&hint, request.client_id) {
            (Some(hint), Some(id)) if hint.client.as_str() != id => {
                return Err(Refusal::IdTokenHintUnknown.into());
            }
            (Some(hint), _) => self.clients.find(tenant, &hint.client).await?,
            (None, Some(id)) => Some(self.clients.registered(tenant, id).await?),
            (None, None) => None,
        };
        let go_on = request
            .post_logout_redirect_uri
            .map(|uri| registered(client.as_deref(), uri))
            .transpose()?;
        let hinted = match (&hint, &client) {
            (Some(hint), Some(client)) => {
                sessions.live.iter().find(|live| is_of(live, hint, client))
            }
            _ => None,
        };
        let meant = hinted
            .or_else(|| request.logout_hint.and_then(|hint| named(sessions, hint)))
            .or(sessions.current());
        Ok(Logout {
            client,
            go_on,
            session: meant.map(|live| live.session.id),
            is_proved: hinted.is_some(),
        })
    }

    /// Verifies that this server issued an ID token. Does not check expiry.
    pub(crate) fn own_id_token(&self, tenant: &Tenant, text: &str) -> Result<IdToken, Refusal> {
        self.verifier
            .id_token(tenant.id, text)
            .filter(|token| token.issuer == tenant.issuer)
            .ok_or(Refusal::IdTokenHintUnknown)
    }
}

/// Returns the client's registered URI that equals `uri`. Fails if the client is unknown.
fn registered(client: Option<&Client>, uri: &str) -> Result<RedirectUri, Refusal> {
    client
        .and_then(|client| {
            let registered = &client.openid.post_logout_redirect_uris;
            registered.iter().find(|own| own.is(uri)).cloned()
        })
        .ok_or_else(|| Refusal::RedirectUriNotRegistered(Evidence::of(uri)))
}

/// Returns whether an ID token was issued in this session. A token without `sid` only has to name its user.
fn is_of(live: &LiveSession, token: &IdToken, client: &Client) -> bool {
    match token.session {
        Some(session) => session == live.session.id,
        None => client.openid.subject_type.subject_of(&live.user.id.into()) == token.subject,
    }
}

fn named<'a>(sessions: &'a BrowserSessions, hint: &str) -> Option<&'a LiveSession> {
    sessions.live.iter().find(|live| {
        live.user.email.as_str().eq_ignore_ascii_case(hint) || live.session.id.to_string() == hint
    })
}
