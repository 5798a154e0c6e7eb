//! Browser sessions: creation, lookup, renewal and end.

mod browser;
mod credential;
mod ends;
mod find;
mod issue;

pub use browser::{BrowserSessions, LiveSession, Origin};
pub use credential::SessionCredential;
pub use ends::FrontChannel;

use crate::app::App;
use crate::clients::Clients;
use crate::current_request::CurrentRequest;
use crate::failure::Failure;
use crate::sign_in::Proof;
use countersign_domain::identifier::SessionId;
use countersign_domain::login::authentication::Authentication;
use countersign_domain::login::session::Session;
use countersign_domain::refusal::Refusal;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{Clock, Entropy, Formats, LogoutSender, Race, TokenVerifier};
use std::sync::Arc;

/// Use cases of browser sessions.
pub struct Sessions<A: App> {
    /// Sessions, users and grants.
    pub store: Arc<A::Store>,
    /// Clients that receive logout notifications.
    pub clients: Arc<Clients<A::Store>>,
    /// Signs logout tokens, and session tokens while a node of an earlier version is live.
    pub signer: Arc<A::Signer>,
    /// Verifies session tokens of earlier versions.
    pub verifier: Arc<dyn TokenVerifier>,
    /// Delivers logout tokens.
    pub logout: Arc<dyn LogoutSender>,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Source of randomness for session IDs and secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Reports whether every live node accepts session secrets.
    pub formats: Arc<dyn Formats>,
}

impl<A: App> Sessions<A> {
    /// Creates a session after a sign-in, or renews the session that the user already has in this browser. A renewal
    /// rotates the session secret, which prevents session fixation: a former cookie is no longer valid.
    ///
    /// A step-up belongs to its session. If the browser no longer has that session, returns
    /// [`Refusal::LoginStepExpired`].
    pub async fn begin(
        &self,
        tenant: &Tenant,
        proof: Proof,
        present: &BrowserSessions,
        origin: Origin,
    ) -> Result<LiveSession, Failure> {
        let now = self.clock.now();
        let lifetimes = &tenant.settings.lifetimes;
        let Proof {
            user,
            methods,
            session: given_in,
        } = proof;
        let present = if let Some(id) = given_in {
            Some(&present.find(id).ok_or(Refusal::LoginStepExpired)?.session)
        } else {
            let live = present.live.iter().map(|live| &live.session);
            let mut all = live.chain(&present.former);
            all.find(|session| session.user == user.id)
        };
        if let Some(session) = present {
            let secret = self.new_secret(Some(session));
            let digest = secret.as_ref().map(Secret::digest);
            let renewal = session.reauthenticated(methods, digest, lifetimes, now);
            match self.store.renew_session(tenant.id, &renewal).await? {
                Race::Won => {
                    let session = session.clone().renewed(&renewal);
                    return self.live(tenant, session, user, secret).await;
                }
                Race::Lost if given_in.is_some() => return Err(Refusal::LoginStepExpired.into()),
                // The session has just ended, or another request replaced its secret. Create a new session.
                Race::Lost => {}
            }
        }
        let secret = self.new_secret(None);
        let session = Session {
            id: SessionId::from_bytes(self.entropy.time_ordered_id()),
            user: user.id,
            authentication: Authentication::new(now, methods),
            created_at: now,
            last_active_at: now,
            expires_at: lifetimes.session_expiry(now, now),
            ended_at: None,
            ip_address: origin.ip_address,
            user_agent: origin.user_agent,
            secret: secret.as_ref().map(Secret::digest),
        };
        match self.store.insert_session(tenant.id, &session).await? {
            Race::Won => self.unless_shut_out(tenant, session, user, secret).await,
            Race::Lost => Err(Failure::Contended),
        }
    }

    /// Replaces the secret of the session that survives a password change.
    ///
    /// If a concurrent request replaced the secret, ends the session, because that request may have used the previous
    /// password.
    pub(crate) async fn replace_secret(
        &self,
        tenant: &Tenant,
        browser: &mut BrowserSessions,
        session: &Session,
    ) -> Result<(), Failure> {
        let Some(secret) = self.new_secret(Some(session)) else {
            return Ok(());
        };
        let renewal = session.resecured(secret.digest(), self.clock.now());
        match self.store.renew_session(tenant.id, &renewal).await? {
            Race::Won => {
                let credential = SessionCredential::Secret(session.id, secret);
                browser.replace(session.clone().renewed(&renewal), credential);
            }
            Race::Lost => {
                self.end(tenant, session.id).await?;
                browser.remove(session.id);
            }
        }
        Ok(())
    }

    /// Ends the new session if the user has been disabled, has changed the password or has been handed over to the owner
    /// of the address during the sign-in.
    ///
    /// This check runs after the session is stored. Such a change updates the user first and then ends the stored
    /// sessions. So a concurrent change cannot be missed.
    async fn unless_shut_out(
        &self,
        tenant: &Tenant,
        session: Session,
        user: User,
        secret: Option<Secret>,
    ) -> Result<LiveSession, Failure> {
        let now = session.created_at;
        let judged = match self.store.find_session(tenant.id, session.id).await? {
            Some((stored, present)) if stored.is_live(now) && present.enabled => {
                // The password mark of a user without a password does not change.
                if present.was_handed_over_since(&user) {
                    Err(Refusal::LoginFailed)
                } else {
                    present.still_has(user.password_mark())
                }
            }
            _ => Err(Refusal::LoginFailed),
        };
        if let Err(refusal) = judged {
            // Lost: the concurrent change has already ended the session.
            let _ = self.store.end_session(tenant.id, session.id, now).await?;
            return Err(refusal.into());
        }
        self.live(tenant, session, user, secret).await
    }

    async fn live(
        &self,
        tenant: &Tenant,
        session: Session,
        user: User,
        secret: Option<Secret>,
    ) -> Result<LiveSession, Failure> {
        let credential = self.credential(tenant, &session, secret).await?;
        let methods = session.authentication.methods;
        CurrentRequest::note_signed_in(user.id, Some(session.id), methods);
        Ok(LiveSession {
            session,
            user,
            credential,
        })
    }
}
