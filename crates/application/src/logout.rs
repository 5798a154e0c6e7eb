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

/// Logout request after validation. Even an invalid request lets the user sign out.
#[derive(Clone, Debug)]
pub struct Logout {
    /// Requesting client, if known.
    pub client: Option<Arc<Client>>,
    /// Registered redirect URI of the client to open after the logout. An invalid request has none.
    pub go_on: Option<RedirectUri>,
    /// Session to end; `None` if the browser has no live session.
    pub session: Option<SessionId>,
    /// Whether the request is valid and the client's ID token matches the session. If not, the user must confirm the
    /// logout.
    pub is_proved: bool,
    /// First rule that the request breaks.
    pub refusal: Option<Refusal>,
}

impl Logout {
    /// Returns the logout that an unreadable request asks for.
    #[must_use]
    pub fn unreadable(sessions: &BrowserSessions) -> Self {
        Self {
            client: None,
            go_on: None,
            session: sessions.current().map(|live| live.session.id),
            is_proved: false,
            refusal: None,
        }
    }
}

impl<S: Store> Authorizations<S> {
    /// Validates a logout request. An expired ID token is accepted as a hint (section 2).
    pub async fn judge_logout(
        &self,
        tenant: &Tenant,
        request: &LogoutRequest<'_>,
        sessions: &BrowserSessions,
    ) -> Result<Logout, Failure> {
        let mut refusal = None;
        let hint = request.id_token_hint.map(|hint| -> Result<_, Failure> {
            let token = self.own_id_token(tenant, hint)?;
            check_client(&token, request.client_id)?;
            Ok(token)
        });
        let hint = kept(hint.transpose(), &mut refusal)?.flatten();
        let client = match (&hint, request.client_id) {
            (Some(hint), _) => self.clients.find(tenant, &hint.client).await?,
            (None, Some(id)) => kept(self.clients.registered(tenant, id).await, &mut refusal)?,
            (None, None) => None,
        };
        let go_on = match request.post_logout_redirect_uri {
            Some(_) if request.id_token_hint.or(request.client_id).is_none() => {
                Err(Refusal::IdTokenHintMissing.into())
            }
            uri => uri
                .map(|uri| registered(client.as_deref(), uri))
                .transpose(),
        };
        let go_on = kept(go_on, &mut refusal)?.flatten();
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
            go_on: go_on.filter(|_| refusal.is_none()),
            session: meant.map(|live| live.session.id),
            is_proved: hinted.is_some() && refusal.is_none(),
            refusal,
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

/// Returns the result of a step. Records the first refusal instead of returning it.
fn kept<T>(step: Result<T, Failure>, refusal: &mut Option<Refusal>) -> Result<Option<T>, Failure> {
    match step {
        Ok(value) => Ok(Some(value)),
        Err(Failure::Refused(broken)) => {
            refusal.get_or_insert(broken);
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

/// Checks that an ID token was issued to the client that the request names, if it names one.
fn check_client(token: &IdToken, client_id: Option<&str>) -> Result<(), Refusal> {
    match client_id {
        Some(id) if token.client.as_str() != id => Err(Refusal::IdTokenHintUnknown),
        _ => Ok(()),
    }
}

/// Returns the client's registered URI that equals `uri`. Fails if the client is unknown.
fn registered(client: Option<&Client>, uri: &str) -> Result<RedirectUri, Failure> {
    let uris = client.map(|client| &client.openid.post_logout_redirect_uris);
    let registered = uris.into_iter().flatten().find(|own| own.is(uri));
    registered
        .cloned()
        .ok_or_else(|| Refusal::PostLogoutRedirectUriNotRegistered(Evidence::of(uri)).into())
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
