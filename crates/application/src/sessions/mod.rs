//! Browser sessions: begun, found, extended and ended.

mod browser;
mod ends;

pub use browser::{BrowserSessions, LiveSession, Origin, SessionToken};
pub use ends::FrontChannel;

use crate::app::App;
use crate::clients::Clients;
use crate::failure::Failure;
use countersign_domain::identifier::SessionId;
use countersign_domain::login::authentication::{Authentication, Methods};
use countersign_domain::login::session::{Session, SessionRenewal};
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::token::claims::SessionTokenClaims;
use countersign_domain::user::User;
use countersign_ports::prelude::*;
use countersign_ports::{Clock, Entropy, LogoutSender, Race, TokenVerifier};
use std::sync::Arc;

/// The use cases of sessions.
pub struct Sessions<A: App> {
    /// Sessions, users and grants.
    pub store: Arc<A::Store>,
    /// Clients that receive logout notifications.
    pub clients: Arc<Clients<A::Store>>,
    /// Signs session and logout tokens.
    pub signer: Arc<A::Signer>,
    /// Verifies session tokens.
    pub verifier: Arc<dyn TokenVerifier>,
    /// Delivers logout tokens.
    pub logout: Arc<dyn LogoutSender>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers of sessions.
    pub entropy: Arc<dyn Entropy>,
}

impl<A: App> Sessions<A> {
    /// The live sessions of the tokens of a browser, in their order. Use extends them, if the tenant says so.
    pub async fn find(
        &self,
        tenant: &Tenant,
        tokens: impl IntoIterator<Item = &str> + Send,
    ) -> Result<BrowserSessions, Failure> {
        let now = self.clock.now();
        let mut found = BrowserSessions::default();
        let tokens: Vec<String> = tokens.into_iter().map(str::to_owned).collect();
        for text in tokens.iter().take(BrowserSessions::MOST) {
            match self.live(tenant, text, now).await? {
                Some((session, user)) if found.live.iter().all(|live| live.user.id != user.id) => {
                    let live = self.prolonged(tenant, session, user, text, now).await?;
                    found.changed |= live.token.0 != *text;
                    found.live.push(live);
                }
                _ => found.changed = true,
            }
        }
        Ok(found)
    }

    /// Begins a session for a user who has just signed in, or renews the session that this user has in this browser.
    pub async fn begin(
        &self,
        tenant: &Tenant,
        user: User,
        methods: Methods,
        present: &BrowserSessions,
        origin: Origin,
    ) -> Result<LiveSession, Failure> {
        let now = self.clock.now();
        let lifetime = tenant.settings.lifetimes.session;
        let present = present.live.iter().find(|live| live.user.id == user.id);
        if let Some(live) = present {
            let renewal = live.session.reauthenticated(methods, lifetime, now);
            // Lost: it was ended this very moment, and a new one begins.
            if self.store.renew_session(tenant.id, &renewal).await? == Race::Won {
                return self
                    .signed(tenant, renewed(&live.session, &renewal), user)
                    .await;
            }
        }
        let session = Session {
            id: SessionId::from_bytes(self.entropy.time_ordered_id()),
            user: user.id,
            authentication: Authentication::new(now, methods),
            created_at: now,
            last_active_at: now,
            expires_at: now.plus(lifetime),
            ended_at: None,
            ip_address: origin.ip_address,
            user_agent: origin.user_agent,
        };
        match self.store.insert_session(tenant.id, &session).await? {
            Race::Won => self.unless_shut_out(tenant, session, user).await,
            Race::Lost => Err(Failure::Contended),
        }
    }

    /// While a user signed in they may have been disabled, or the password changed. This is read after the session is
    /// stored, as at a redemption. A command that does either marks the user first and then ends the sessions that are
    /// there, so that one of the two sees the other.
    async fn unless_shut_out(
        &self,
        tenant: &Tenant,
        session: Session,
        user: User,
    ) -> Result<LiveSession, Failure> {
        let now = session.created_at;
        let judged = match self.store.find_session(tenant.id, session.id).await? {
            Some((stored, present)) if stored.is_live(now) && present.enabled => {
                present.still_has(user.password_mark())
            }
            _ => Err(Refusal::LoginFailed),
        };
        if let Err(refusal) = judged {
            // Lost: the command that shut the user out has ended it.
            let _ = self.store.end_session(tenant.id, session.id, now).await?;
            return Err(refusal.into());
        }
        self.signed(tenant, session, user).await
    }

    async fn live(
        &self,
        tenant: &Tenant,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<(Session, User)>, Failure> {
        let Some(token) = self.verifier.session_token(tenant.id, token) else {
            return Ok(None);
        };
        if token.issuer != tenant.issuer || token.expires_at.has_passed(now) {
            return Ok(None);
        }
        let found = self.store.find_session(tenant.id, token.session).await?;
        Ok(found.filter(|(session, user)| {
            user.id == token.user && user.enabled && session.is_live(now)
        }))
    }

    async fn prolonged(
        &self,
        tenant: &Tenant,
        session: Session,
        user: User,
        token: &str,
        now: Timestamp,
    ) -> Result<LiveSession, Failure> {
        let settings = &tenant.settings;
        let renewal = session
            .slid(settings.lifetimes.session, now)
            .filter(|_| settings.sliding_sessions);
        match renewal {
            Some(renewal) if self.store.renew_session(tenant.id, &renewal).await? == Race::Won => {
                self.signed(tenant, renewed(&session, &renewal), user).await
            }
            _ => Ok(LiveSession {
                session,
                user,
                token: SessionToken(token.to_owned()),
            }),
        }
    }

    async fn signed(
        &self,
        tenant: &Tenant,
        session: Session,
        user: User,
    ) -> Result<LiveSession, Failure> {
        let claims = SessionTokenClaims {
            issuer: &tenant.issuer,
            user: user.id,
            session: session.id,
            issued_at: session.last_active_at,
            expires_at: session.expires_at,
        };
        let algorithm = tenant.settings.signing_algorithm;
        let token = self
            .signer
            .sign_session_token(tenant.id, &claims, algorithm);
        Ok(LiveSession {
            token: SessionToken(token.await?),
            session,
            user,
        })
    }
}

fn renewed(session: &Session, renewal: &SessionRenewal) -> Session {
    let SessionRenewal {
        id: _,
        authentication,
        now,
        expires_at,
    } = *renewal;
    Session {
        authentication,
        last_active_at: now,
        expires_at,
        ..session.clone()
    }
}
