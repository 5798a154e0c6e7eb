//! Sessions of one browser.

use super::SessionCredential;
use countersign_domain::identifier::SessionId;
use countersign_domain::login::session::Session;
use countersign_domain::user::User;

/// Live session and its enabled user.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// Session.
    pub session: Session,
    /// User.
    pub user: User,
    /// Credential that the browser holds.
    pub credential: SessionCredential,
}

/// Sessions of one browser.
#[derive(Clone, Debug, Default)]
pub struct BrowserSessions {
    /// Live sessions, the current one first.
    pub live: Vec<LiveSession>,
    /// Whether the response must replace the session cookie with the credentials of [`BrowserSessions::live`].
    pub changed: bool,
    /// Sessions whose former secret the browser presented. A sign-in of the same user renews such a session.
    pub former: Vec<Session>,
    /// Whether the browser presented a former secret of its current session. No other session takes its place.
    pub lost_current: bool,
}

impl BrowserSessions {
    /// Maximum number of accounts signed in at the same time in one browser.
    pub const MOST: usize = 5;

    /// Returns the current session.
    #[must_use]
    pub fn current(&self) -> Option<&LiveSession> {
        self.live.first().filter(|_| !self.lost_current)
    }

    /// Returns the session with this ID.
    #[must_use]
    pub fn find(&self, id: SessionId) -> Option<&LiveSession> {
        self.live.iter().find(|live| live.session.id == id)
    }

    /// Makes a session the current one. Removes an earlier session of the same user, and drops the last session if the
    /// browser has more than [`BrowserSessions::MOST`].
    pub fn put_first(&mut self, session: LiveSession) {
        self.live.retain(|live| live.user.id != session.user.id);
        self.live.insert(0, session);
        self.live.truncate(Self::MOST);
        self.lost_current = false;
        self.changed = true;
    }

    /// Removes a session.
    pub fn remove(&mut self, id: SessionId) {
        let before = self.live.len();
        self.live.retain(|live| live.session.id != id);
        self.changed |= self.live.len() < before;
    }

    /// Replaces a session and its credential.
    pub(super) fn replace(&mut self, session: Session, credential: SessionCredential) {
        for live in &mut self.live {
            if live.session.id == session.id {
                live.session = session;
                live.credential = credential;
                self.changed = true;
                return;
            }
        }
    }
}

/// Origin of a sign-in, shown to the user on the account page.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// IP address.
    pub ip_address: Option<String>,
    /// `User-Agent` of the browser.
    pub user_agent: Option<String>,
}
