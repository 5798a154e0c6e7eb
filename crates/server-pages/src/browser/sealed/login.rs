//! Sealed form of a sign-in that waits for a second factor.

use countersign_domain::identifier::{LoginId, SessionId, UserId};
use countersign_domain::login::authentication::Methods;
use countersign_domain::login::interaction::{PendingLogin, Recovered};
use countersign_domain::time::Timestamp;
use countersign_domain::user::PasswordMark;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct SealedLogin {
    login: [u8; 16],
    user: [u8; 16],
    methods: u32,
    password: [u8; 8],
    session: Option<[u8; 16]>,
    expires_at: u64,
}

impl SealedLogin {
    pub(super) fn of(login: &PendingLogin) -> Self {
        Self {
            login: *login.login.as_bytes(),
            user: *login.user.as_bytes(),
            methods: login.methods.bits(),
            password: *login.password.as_bytes(),
            session: login.session.map(|session| *session.as_bytes()),
            expires_at: login.expires_at.as_unix_seconds(),
        }
    }

    pub(super) fn open(self) -> PendingLogin {
        PendingLogin {
            login: LoginId::from_bytes(self.login),
            user: UserId::from_bytes(self.user),
            methods: Methods::from_bits(self.methods),
            password: PasswordMark::from_bytes(self.password),
            session: self.session.map(SessionId::from_bytes),
            expires_at: Timestamp::from_unix_seconds(self.expires_at),
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct SealedRecovered {
    user: [u8; 16],
    at: u64,
    password: [u8; 8],
}

impl SealedRecovered {
    pub(super) fn of(recovered: &Recovered) -> Self {
        Self {
            user: *recovered.user.as_bytes(),
            at: recovered.at.as_unix_seconds(),
            password: *recovered.password.as_bytes(),
        }
    }

    pub(super) const fn open(self) -> Recovered {
        Recovered {
            user: UserId::from_bytes(self.user),
            at: Timestamp::from_unix_seconds(self.at),
            password: PasswordMark::from_bytes(self.password),
        }
    }
}
