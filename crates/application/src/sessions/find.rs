//! Finds the sessions of a browser from its cookie.

use super::{BrowserSessions, LiveSession, SessionCredential, Sessions};
use crate::app::App;
use crate::failure::Failure;
use crate::ways_in::is_allowed;
use countersign_domain::login::session::Session;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_ports::Race;
use countersign_ports::prelude::*;

/// Session that a credential refers to.
enum Found {
    Live(Box<LiveSession>),
    /// A session that has another secret.
    Former(Box<Session>),
    Nothing,
}

impl<A: App> Sessions<A> {
    /// Returns the live sessions for the credentials of a browser, in the same order. Extends them if the tenant has
    /// sliding sessions.
    ///
    /// A former secret does not give access to its session. The server then leaves the cookie unchanged: this may be a
    /// slow request with the previous cookie, and its response must not overwrite the new cookie. It also extends no
    /// other session, because the browser would not receive the new expiry time.
    pub async fn find(
        &self,
        tenant: &Tenant,
        credentials: impl IntoIterator<Item = SessionCredential> + Send,
    ) -> Result<BrowserSessions, Failure> {
        let now = self.clock.now();
        let mut found = BrowserSessions::default();
        let credentials: Vec<_> = credentials.into_iter().collect();
        let mut has_former = false;
        for (place, credential) in credentials
            .into_iter()
            .take(BrowserSessions::MOST)
            .enumerate()
        {
            match self.of_credential(tenant, credential, now).await? {
                Found::Live(live)
                    if found.live.iter().all(|other| other.user.id != live.user.id) =>
                {
                    found.live.push(*live);
                }
                Found::Former(session) => {
                    has_former = true;
                    found.lost_current |= place == 0;
                    found.former.push(*session);
                }
                Found::Live(_) | Found::Nothing => found.changed = true,
            }
        }
        if !has_former {
            for live in &mut found.live {
                match self.extend(tenant, live, now).await? {
                    Some(Race::Won) => found.changed = true,
                    // Another request has replaced the secret, and its response sets the cookie. Or the session has
                    // ended, and the next request finds that.
                    Some(Race::Lost) => has_former = true,
                    None => {}
                }
            }
        }
        found.changed &= !has_former;
        Ok(found)
    }

    async fn of_credential(
        &self,
        tenant: &Tenant,
        credential: SessionCredential,
        now: Timestamp,
    ) -> Result<Found, Failure> {
        let (id, secret, owner) = match &credential {
            SessionCredential::Secret(id, secret) => (*id, Some(secret), None),
            SessionCredential::Signed(token) => {
                let token = self.verifier.session_token(tenant.id, token);
                let is_valid = |token: &countersign_ports::SessionToken| {
                    token.issuer == tenant.issuer && !token.expires_at.has_passed(now)
                };
                match token.filter(is_valid) {
                    Some(token) => (token.session, None, Some(token.user)),
                    None => return Ok(Found::Nothing),
                }
            }
        };
        let Some((session, user)) = self.store.find_session(tenant.id, id).await? else {
            return Ok(Found::Nothing);
        };
        let session = session.bounded(&tenant.settings.lifetimes);
        let is_own = owner.is_none_or(|owner| owner == user.id);
        // A wrong secret reveals nothing about the session, not even whether it is live.
        Ok(if !session.is_presented(secret) {
            Found::Former(Box::new(session))
        } else if is_own
            && user.enabled
            && session.is_live(now)
            && is_allowed(&*self.store, tenant, &session, &[], now).await?
        {
            Found::Live(Box::new(LiveSession {
                session,
                user,
                credential,
            }))
        } else {
            Found::Nothing
        })
    }

    /// Extends a session if it is due. A session without a secret gets a new token. It never gets its first secret here,
    /// because the token may be stolen: the thief would get the secret, and the owner would lose the session.
    async fn extend(
        &self,
        tenant: &Tenant,
        live: &mut LiveSession,
        now: Timestamp,
    ) -> Result<Option<Race>, Failure> {
        let settings = &tenant.settings;
        if !settings.sliding_sessions {
            return Ok(None);
        }
        let Some(renewal) = live.session.slid(&settings.lifetimes, now) else {
            return Ok(None);
        };
        let race = self.store.renew_session(tenant.id, &renewal).await?;
        if race == Race::Won {
            live.session = live.session.clone().renewed(&renewal);
            if live.session.secret.is_none() {
                live.credential = self.credential(tenant, &live.session, None).await?;
            }
        }
        Ok(Some(race))
    }
}
