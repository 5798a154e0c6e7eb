//! Browser sessions: begun, found, prolonged and ended.

use crate::clients::Clients;
use crate::failure::Failure;
use countersign_domain::authentication::Methods;
use countersign_domain::claims::{LogoutTokenClaims, SessionTokenClaims, TokenId};
use countersign_domain::client::Client;
use countersign_domain::identifier::{SessionId, Subject, UserId};
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;
use countersign_domain::session::{Session, SessionRenewal};
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{Clock, Entropy, LogoutSender, Race, Signer, Store, TokenVerifier};
use std::sync::Arc;
use std::time::Duration;

/// What is configured about sessions.
#[derive(Clone, Debug)]
pub struct SessionSettings {
    /// `iss`.
    pub issuer: String,
    /// How long a session lives.
    pub lifetime: Duration,
    /// Whether use prolongs it.
    pub sliding: bool,
    /// Signs session tokens, and logout tokens for clients that name no algorithm of their own.
    pub signing_algorithm: SigningAlgorithm,
}

/// A session that counts, with its user, who may log in.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// The session.
    pub session: Session,
    /// Its user.
    pub user: User,
    /// Names it in the browser's cookie.
    pub token: SessionToken,
}

/// A session token as it travels.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(pub String);

/// Whoever holds it is logged in.
impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(..)")
    }
}

/// The sessions of one browser.
#[derive(Clone, Debug, Default)]
pub struct BrowserSessions {
    /// The current one first.
    pub live: Vec<LiveSession>,
    /// Whether the browser holds other tokens than these.
    pub changed: bool,
}

impl BrowserSessions {
    /// As many accounts as one browser is logged in with at a time.
    pub const MOST: usize = 5;

    /// The one of this id.
    #[must_use]
    pub fn find(&self, id: SessionId) -> Option<&LiveSession> {
        self.live.iter().find(|live| live.session.id == id)
    }

    /// Makes a session the current one. One of the same user gives way, and so does the one that was used
    /// longest ago if there are too many.
    pub fn put_first(&mut self, session: LiveSession) {
        self.live.retain(|live| live.user.id != session.user.id);
        self.live.insert(0, session);
        self.live.truncate(Self::MOST);
        self.changed = true;
    }

    /// Takes a session out.
    pub fn remove(&mut self, id: SessionId) {
        self.live.retain(|live| live.session.id != id);
        self.changed = true;
    }
}

/// Where a login comes from, for its owner to recognize.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The address.
    pub ip_address: Option<String>,
    /// The browser.
    pub user_agent: Option<String>,
}

/// A client that is told of a logout through the browser (OpenID Connect Front-Channel Logout section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontChannel {
    /// `frontchannel_logout_uri`.
    pub uri: RedirectUri,
    /// `sid`.
    pub session: SessionId,
}

/// The use cases of sessions.
pub struct Sessions<S, G> {
    /// Sessions, users and grants live here.
    pub store: Arc<S>,
    /// Who is to be told of a logout.
    pub clients: Arc<Clients<S>>,
    /// Signs session and logout tokens.
    pub signer: Arc<G>,
    /// Checks session tokens.
    pub verifier: Arc<dyn TokenVerifier>,
    /// Delivers logout tokens.
    pub logout: Arc<dyn LogoutSender>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Names sessions.
    pub entropy: Arc<dyn Entropy>,
    /// What is configured.
    pub settings: SessionSettings,
}

impl<S: Store, G: Signer> Sessions<S, G> {
    /// How long a logout token may be on its way (Back-Channel Logout section 2.4 recommends two minutes at
    /// most).
    const LOGOUT_TOKEN_LIFETIME: Duration = Duration::from_secs(120);

    /// The live sessions behind the tokens of a browser, in their order. Use prolongs them, if so configured.
    pub async fn find(
        &self,
        tokens: impl IntoIterator<Item = &str> + Send,
    ) -> Result<BrowserSessions, Failure> {
        let now = self.clock.now();
        let mut found = BrowserSessions::default();
        let tokens: Vec<String> = tokens.into_iter().map(str::to_owned).collect();
        for text in tokens.iter().take(BrowserSessions::MOST) {
            match self.live(text, now).await? {
                Some((session, user)) if found.live.iter().all(|live| live.user.id != user.id) => {
                    let live = self.prolonged(session, user, text, now).await?;
                    found.changed |= live.token.0 != *text;
                    found.live.push(live);
                }
                _ => found.changed = true,
            }
        }
        Ok(found)
    }

    /// Begins a session for a user who has just logged in, or renews the one that this user has in this
    /// browser.
    pub async fn begin(
        &self,
        user: User,
        methods: Methods,
        present: &BrowserSessions,
        origin: Origin,
    ) -> Result<LiveSession, Failure> {
        let now = self.clock.now();
        let present = present.live.iter().find(|live| live.user.id == user.id);
        if let Some(live) = present {
            let renewal = live
                .session
                .reauthenticated(methods, self.settings.lifetime, now);
            // Lost: it was ended this very moment, and a new one begins.
            if self.store.renew_session(&renewal).await? == Race::Won {
                return self.signed(renewed(&live.session, &renewal), user).await;
            }
        }
        let session = Session {
            id: SessionId::from_bytes(self.entropy.time_ordered_id()),
            user: user.id,
            authenticated_at: now,
            methods,
            created_at: now,
            last_active_at: now,
            expires_at: now.plus(self.settings.lifetime),
            ended_at: None,
            ip_address: origin.ip_address,
            user_agent: origin.user_agent,
        };
        match self.store.insert_session(&session).await? {
            Race::Won => self.unless_shut_out(session, user).await,
            Race::Lost => Err(Failure::Contended),
        }
    }

    /// While somebody logged in they may have been disabled, or the password changed. This is asked after the session is
    /// stored, as at a redemption: whoever does either marks the user first and then ends the sessions that are there,
    /// so that one of the two sees the other.
    async fn unless_shut_out(&self, session: Session, user: User) -> Result<LiveSession, Failure> {
        let now = session.created_at;
        let judged = match self.store.find_session(session.id).await? {
            Some((stored, present)) if stored.is_live(now) && present.enabled => {
                present.still_has(user.password_mark())
            }
            _ => Err(Refusal::LoginFailed),
        };
        if let Err(refusal) = judged {
            // Lost: it was ended by whoever shut the user out.
            let _ = self.store.end_session(session.id, now).await?;
            return Err(refusal.into());
        }
        self.signed(session, user).await
    }

    /// Ends a session and the grants that go with it, and tells the clients that were part of it. Those that
    /// are told through the browser come back.
    pub async fn end(&self, session: SessionId) -> Result<Vec<FrontChannel>, Failure> {
        let now = self.clock.now();
        // Lost: it has ended already. Grants that the first end did not see end now.
        let _ = self.store.end_session(session, now).await?;
        self.after_end(session, now).await
    }

    /// Ends all sessions of a user but for one, as [`Sessions::end`] does.
    pub async fn end_all(
        &self,
        user: UserId,
        except: Option<SessionId>,
    ) -> Result<Vec<FrontChannel>, Failure> {
        let now = self.clock.now();
        let mut told = Vec::new();
        for session in self.store.end_sessions(user, except, now).await? {
            told.extend(self.after_end(session, now).await?);
        }
        Ok(told)
    }

    async fn live(&self, token: &str, now: Timestamp) -> Result<Option<(Session, User)>, Failure> {
        let Some(token) = self.verifier.session_token(token) else {
            return Ok(None);
        };
        if token.issuer != self.settings.issuer || token.expires_at.has_passed(now) {
            return Ok(None);
        }
        let found = self.store.find_session(token.session).await?;
        Ok(found.filter(|(session, user)| {
            user.id == token.user && user.enabled && session.is_live(now)
        }))
    }

    async fn prolonged(
        &self,
        session: Session,
        user: User,
        token: &str,
        now: Timestamp,
    ) -> Result<LiveSession, Failure> {
        let renewal = session
            .slid(self.settings.lifetime, now)
            .filter(|_| self.settings.sliding);
        match renewal {
            Some(renewal) if self.store.renew_session(&renewal).await? == Race::Won => {
                self.signed(renewed(&session, &renewal), user).await
            }
            _ => Ok(LiveSession {
                session,
                user,
                token: SessionToken(token.to_owned()),
            }),
        }
    }

    async fn signed(&self, session: Session, user: User) -> Result<LiveSession, Failure> {
        let claims = SessionTokenClaims {
            issuer: &self.settings.issuer,
            user: user.id,
            session: session.id,
            issued_at: session.last_active_at,
            expires_at: session.expires_at,
        };
        let token = self
            .signer
            .sign_session_token(&claims, self.settings.signing_algorithm)
            .await?;
        Ok(LiveSession {
            session,
            user,
            token: SessionToken(token),
        })
    }

    /// Grants that reach beyond the session (`offline_access`) stay.
    async fn after_end(
        &self,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Vec<FrontChannel>, Failure> {
        let mut told = Vec::new();
        let mut front_channel = Vec::new();
        for grant in self.store.list_grants(session).await? {
            if !grant.scope.contains(Scope::OFFLINE_ACCESS) {
                // Lost: it is revoked already, which is all that is wanted.
                let _ = self.store.revoke(grant.id, now).await?;
            }
            if told.contains(&grant.client) {
                continue;
            }
            if let Some(client) = self.clients.find(&grant.client).await? {
                if let Some(uri) = &client.openid.backchannel_logout_uri {
                    let user = &grant.subject;
                    let subject = client.openid.subject_type.subject_of(user);
                    let token = self.logout_token(&client, &subject, session, now).await?;
                    self.logout.send(uri, token);
                }
                if let Some(uri) = client.openid.frontchannel_logout_uri.clone() {
                    front_channel.push(FrontChannel { uri, session });
                }
            }
            told.push(grant.client);
        }
        Ok(front_channel)
    }

    async fn logout_token(
        &self,
        client: &Client,
        subject: &Subject,
        session: SessionId,
        now: Timestamp,
    ) -> Result<String, Failure> {
        let mut unique = [0; 12];
        self.entropy.fill(&mut unique);
        let claims = LogoutTokenClaims {
            issuer: &self.settings.issuer,
            subject,
            audience: client.id.as_str(),
            session,
            issued_at: now,
            expires_at: now.plus(Self::LOGOUT_TOKEN_LIFETIME),
            token_id: TokenId {
                grant: None,
                unique,
            },
        };
        // A shared key would let whoever shares it log people out, as with ID tokens.
        let own = client
            .signing_algorithm
            .filter(|own| *own != SigningAlgorithm::Hs256);
        let algorithm = own.unwrap_or(self.settings.signing_algorithm);
        Ok(self.signer.sign_logout_token(&claims, algorithm).await?)
    }
}

fn renewed(session: &Session, renewal: &SessionRenewal) -> Session {
    let SessionRenewal {
        id: _,
        authenticated_at,
        methods,
        now,
        expires_at,
    } = *renewal;
    Session {
        authenticated_at,
        methods,
        last_active_at: now,
        expires_at,
        ..session.clone()
    }
}
