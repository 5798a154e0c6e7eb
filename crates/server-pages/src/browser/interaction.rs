//! What a browser is here for, and how far it is: sealed, in the query of our own pages and in their forms. Nothing of
//! it is stored, so that two tabs do not disturb each other and the way back is free.
//!
//! Two versions of the server read it during an upgrade. Never rename or remove a member, and never give one another
//! meaning: an earlier version passes over members that it does not know. `tests/golden` holds what each release sealed.

use super::of_one_length;
use super::troubles::Trouble;
use countersign_application::{
    EmailCodeLogin, HalfDone, PasskeyCeremony, PasskeyPurpose, Progress,
};
use countersign_domain::authorize::next_step::Done;
use countersign_domain::identifier::{LoginId, SessionId, UserId};
use countersign_domain::login::authentication::Methods;
use countersign_domain::secret::SecretDigest;
use countersign_domain::time::Timestamp;
use countersign_domain::user::PasswordMark;
use serde::{Deserialize, Deserializer, Serialize};
use std::time::Duration;

/// What a browser is here for, and how far it is.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Interaction {
    /// What for.
    pub(crate) errand: Errand,
    /// When it began, in seconds of the Unix epoch.
    began: u64,
    /// The session that all else is said of.
    session: Option<[u8; 16]>,
    logged_in: bool,
    selected: bool,
    /// The login that is under way.
    pub(crate) pending: Option<Pending>,
    /// Why the form before did not lead on.
    #[serde(default, deserialize_with = "known")]
    told: Option<Told>,
}

/// Passes over what only a later version can tell: the page then says nothing.
fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Told>, D::Error> {
    let told = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(told.and_then(|told| serde_json::from_value(told).ok()))
}

/// Why a form did not lead on. A browser that sent one is always led to a page (RFC 9110 section 15.4.4), so that it
/// can come back to that later: it would not come back to the answer of a form.
#[derive(Clone, Serialize, Deserialize)]
struct Told {
    trouble: Trouble,
    /// The address that was typed.
    email: Option<String>,
    /// When that was, in seconds of the Unix epoch.
    at: u64,
}

/// What a browser is here for.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Errand {
    /// An authorization request: its parameters, as they came.
    Authorize(String),
    /// A page of ours, by its path.
    Visit(String),
}

/// A login that is under way, in its sealed form.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Pending {
    /// A second factor is waited for.
    SecondFactor(SealedHalfDone),
    /// The code that went out by mail is.
    EmailCode(SealedEmailCode),
    /// A passkey is, to log in or as a second factor.
    Passkey {
        login: [u8; 16],
        second_factor: Option<SealedHalfDone>,
        state: Vec<u8>,
        expires_at: u64,
    },
    /// A new factor of this user is.
    Enrollment {
        user: [u8; 16],
        state: Vec<u8>,
        expires_at: u64,
    },
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SealedHalfDone {
    login: [u8; 16],
    user: [u8; 16],
    methods: u32,
    password: [u8; 8],
    session: Option<[u8; 16]>,
    expires_at: u64,
}

/// As long for an address of nobody as for one of somebody: its length can be seen in its sealed form.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SealedEmailCode {
    #[serde(with = "of_one_length")]
    login: [u8; 16],
    email: String,
    #[serde(with = "of_one_length")]
    user: [u8; 16],
    #[serde(with = "of_one_length")]
    code: [u8; 32],
    expires_at: u64,
}

/// Whose a code is that was sent to nobody. Identifiers begin with the time, so that no user has this one.
const NOBODY: [u8; 16] = [0; 16];

impl Interaction {
    /// One that begins now.
    pub(crate) const fn new(errand: Errand, now: Timestamp) -> Self {
        Self {
            errand,
            began: now.as_unix_seconds(),
            session: None,
            logged_in: false,
            selected: false,
            pending: None,
            told: None,
        }
    }

    /// The form did not lead on, and its page is to say why.
    pub(crate) fn tell(&mut self, trouble: Trouble, email: Option<String>, now: Timestamp) {
        self.told = Some(Told {
            trouble,
            email,
            at: now.as_unix_seconds(),
        });
    }

    /// What the page is to say of the form before, once, and the address that was typed into it.
    pub(crate) fn take_trouble(&mut self, now: Timestamp) -> (Option<Trouble>, Option<String>) {
        let Some(Told { trouble, email, at }) = self.told.take() else {
            return (None, None);
        };
        let passed = now.as_unix_seconds().saturating_sub(at);
        (trouble.after(passed), email)
    }

    /// The same errand, and what was done for it unless that took too long. An enrollment has an end of its own.
    pub(crate) fn unless_too_old(self, lifetime: Duration, now: Timestamp) -> Self {
        let began = Timestamp::from_unix_seconds(self.began);
        if began.plus(lifetime).has_passed(now) {
            let enrollment = |pending: &Pending| matches!(pending, Pending::Enrollment { .. });
            Self {
                pending: self.pending.filter(enrollment),
                ..Self::new(self.errand, now)
            }
        } else {
            self
        }
    }

    /// What the user has done. Agreeing is no part of it: a code follows at once.
    pub(crate) fn progress(&self) -> Progress {
        Progress {
            session: self.session.map(SessionId::from_bytes),
            done: Done {
                logged_in: self.logged_in,
                selected: self.selected,
                consented: false,
            },
        }
    }

    /// The user has logged in, into this session.
    pub(crate) fn logged_in(&mut self, session: SessionId) {
        self.session = Some(*session.as_bytes());
        self.logged_in = true;
        self.pending = None;
    }

    /// The user has chosen this session.
    pub(crate) fn selected(&mut self, session: SessionId) {
        self.session = Some(*session.as_bytes());
        self.logged_in = false;
        self.selected = true;
    }

    /// What is shown next is about this session.
    pub(crate) fn in_session(&mut self, session: SessionId) {
        self.session = Some(*session.as_bytes());
    }

    /// A second factor is due.
    pub(crate) fn wait_for_second_factor(&mut self, login: &HalfDone) {
        self.pending = Some(Pending::SecondFactor(SealedHalfDone::of(login)));
    }

    /// The login that waits for a second factor, if one does.
    pub(crate) fn second_factor(&self) -> Option<HalfDone> {
        match &self.pending {
            Some(Pending::SecondFactor(sealed)) => Some(sealed.open()),
            _ => None,
        }
    }

    /// A code that was sent is waited for.
    pub(crate) fn wait_for_email_code(&mut self, login: &EmailCodeLogin) {
        self.pending = Some(Pending::EmailCode(SealedEmailCode {
            login: *login.login.as_bytes(),
            email: login.email.clone(),
            user: login.user.map_or(NOBODY, |user| *user.as_bytes()),
            code: *login.code.as_bytes(),
            expires_at: login.expires_at.as_unix_seconds(),
        }));
    }

    /// The login that waits for a code that was sent, if one does.
    pub(crate) fn email_code(&self) -> Option<EmailCodeLogin> {
        match &self.pending {
            Some(Pending::EmailCode(sealed)) => Some(EmailCodeLogin {
                login: LoginId::from_bytes(sealed.login),
                email: sealed.email.clone(),
                user: (sealed.user != NOBODY).then(|| UserId::from_bytes(sealed.user)),
                code: SecretDigest::from_bytes(sealed.code),
                expires_at: Timestamp::from_unix_seconds(sealed.expires_at),
            }),
            _ => None,
        }
    }

    /// A passkey is waited for.
    pub(crate) fn wait_for_passkey(&mut self, ceremony: &PasskeyCeremony) {
        self.pending = Some(Pending::Passkey {
            login: *ceremony.login.as_bytes(),
            second_factor: match &ceremony.purpose {
                PasskeyPurpose::LogIn => None,
                PasskeyPurpose::SecondFactor(login) => Some(SealedHalfDone::of(login)),
            },
            state: ceremony.state.clone(),
            expires_at: ceremony.expires_at.as_unix_seconds(),
        });
    }

    /// A new factor of a user is waited for.
    pub(crate) fn enroll(&mut self, user: UserId, state: &[u8], expires_at: Timestamp) {
        self.pending = Some(Pending::Enrollment {
            user: *user.as_bytes(),
            state: state.to_vec(),
            expires_at: expires_at.as_unix_seconds(),
        });
    }

    /// What the new factor of this user needs to be finished, if one is waited for.
    pub(crate) fn enrollment(&self, user: UserId, now: Timestamp) -> Option<Vec<u8>> {
        match &self.pending {
            Some(Pending::Enrollment {
                user: own,
                state,
                expires_at,
            }) if own == user.as_bytes()
                && !Timestamp::from_unix_seconds(*expires_at).has_passed(now) =>
            {
                Some(state.clone())
            }
            _ => None,
        }
    }

    /// The passkey that is waited for, if one is.
    pub(crate) fn passkey(&self) -> Option<PasskeyCeremony> {
        let Some(Pending::Passkey {
            login,
            second_factor,
            state,
            expires_at,
        }) = &self.pending
        else {
            return None;
        };
        Some(PasskeyCeremony {
            login: LoginId::from_bytes(*login),
            purpose: match second_factor {
                None => PasskeyPurpose::LogIn,
                Some(sealed) => PasskeyPurpose::SecondFactor(sealed.open()),
            },
            state: state.clone(),
            expires_at: Timestamp::from_unix_seconds(*expires_at),
        })
    }
}

impl SealedHalfDone {
    fn of(login: &HalfDone) -> Self {
        Self {
            login: *login.login.as_bytes(),
            user: *login.user.as_bytes(),
            methods: login.methods.bits(),
            password: *login.password.as_bytes(),
            session: login.session.map(|session| *session.as_bytes()),
            expires_at: login.expires_at.as_unix_seconds(),
        }
    }

    fn open(&self) -> HalfDone {
        HalfDone {
            login: LoginId::from_bytes(self.login),
            user: UserId::from_bytes(self.user),
            methods: Methods::from_bits(self.methods),
            password: PasswordMark::from_bytes(self.password),
            session: self.session.map(SessionId::from_bytes),
            expires_at: Timestamp::from_unix_seconds(self.expires_at),
        }
    }
}

#[cfg(test)]
mod tests;
