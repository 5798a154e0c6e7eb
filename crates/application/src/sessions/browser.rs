//! The sessions of one browser.

use super::SessionCredential;
use countersign_domain::identifier::SessionId;
use countersign_domain::login::session::Session;
use countersign_domain::user::User;

/// A live session with its user, who is enabled.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// The session.
    pub session: Session,
    /// Its user.
    pub user: User,
    /// What the browser holds for it.
    pub credential: SessionCredential,
}

/// The sessions of one browser.
#[derive(Clone, Debug, Default)]
pub struct BrowserSessions {
    /// Live sessions, the current one first.
    pub live: Vec<LiveSession>,
    /// Whether the browser has to store the credentials of [`BrowserSessions::live`] in place of its own.
    pub changed: bool,
}

impl BrowserSessions {
    /// Number of accounts that one browser can be signed in with at a time.
    pub const MOST: usize = 5;

    /// The session of this id.
    #[must_use]
    pub fn find(&self, id: SessionId) -> Option<&LiveSession> {
        self.live.iter().find(|live| live.session.id == id)
    }

    /// Makes a session the current one. A session of the same user gives way, and so does the one that was used longest
    /// ago if there are too many.
    pub fn put_first(&mut self, session: LiveSession) {
        self.live.retain(|live| live.user.id != session.user.id);
        self.live.insert(0, session);
        self.live.truncate(Self::MOST);
        self.changed = true;
    }

    /// Takes a session out.
    pub fn remove(&mut self, id: SessionId) {
        let before = self.live.len();
        self.live.retain(|live| live.session.id != id);
        self.changed |= self.live.len() < before;
    }

    /// Gives a session its new credential.
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

/// Where a sign-in comes from, for its user to recognize.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Network address.
    pub ip_address: Option<String>,
    /// Browser.
    pub user_agent: Option<String>,
}
