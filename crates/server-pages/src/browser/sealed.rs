//! Sealed interaction, in the URL of a page and in its form. The server stores nothing, so tabs do not interfere with
//! each other and the back button works.
//!
//! During an upgrade, two versions of the server read it. Never rename or remove a member, and never change its
//! meaning. An earlier version ignores unknown members. `tests/golden` of the crate `cli` has the sealed values of each
//! release.

mod fixed_length;
mod login;
mod upstream;

use super::problem::FormProblem;
use crate::paths::DEVICE;
use countersign_domain::authorize::next_step::Done;
use countersign_domain::grant::device_code::UserCode;
use countersign_domain::identifier::{LoginId, SessionId, UserId};
use countersign_domain::login::interaction::{
    Challenge, EmailCodeLogin, Enrollment, Interaction, Pending, Purpose, RecoveryLogin,
    SignUpLogin,
};
use countersign_domain::login::methods::Method;
use countersign_domain::secret::SecretDigest;
use countersign_domain::time::Timestamp;
use login::{SealedLogin, SealedRecovered};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use upstream::{SealedSignIn, SealedUpstream};

/// Problem with the previous submission of a form.
///
/// After a form submission, the server always redirects to a page (RFC 9110 section 15.4.4). The URL carries the
/// problem.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Remark {
    pub(super) trouble: FormProblem,
    /// Email address as typed.
    pub(super) email: Option<String>,
    /// Names and values of other fields as typed; never a password.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) typed: Entered,
    pub(super) at: u64,
}

/// Names of fields with what the user entered.
pub(crate) type Entered = Vec<(String, String)>;

/// Sealed form of an interaction.
#[derive(Serialize, Deserialize)]
pub(super) struct Sealed {
    errand: SealedPurpose,
    /// Unix time in seconds, like every time here.
    began: u64,
    session: Option<[u8; 16]>,
    logged_in: bool,
    selected: bool,
    #[serde(default, deserialize_with = "known")]
    pending: Option<SealedPending>,
    /// Proof for a new password. An earlier version ignores it, and signs the user in without a new password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recovered: Option<SealedRecovered>,
    /// Sign-in at an upstream provider. An earlier version ignores it, and links no identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upstream: Option<SealedSignIn>,
    /// Problem with the previous submission, shown on the page.
    #[serde(default, deserialize_with = "known")]
    pub(super) told: Option<Remark>,
}

/// Ignores a value that only another version understands. Without its pending input, the interaction asks again.
fn known<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(value.and_then(|value| serde_json::from_value(value).ok()))
}

#[derive(Serialize, Deserialize)]
enum SealedPurpose {
    Authorize(String),
    Visit(String),
    /// User code of a device. An earlier version shows the page of an expired interaction.
    Device(String),
}

#[derive(Serialize, Deserialize)]
enum SealedPending {
    SecondFactor(SealedLogin),
    EmailCode(SealedEmailCode),
    /// Challenge of a login method.
    Passkey {
        /// Number of the method. If absent, the method is a passkey.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        method: Option<u8>,
        login: [u8; 16],
        second_factor: Option<SealedLogin>,
        state: Vec<u8>,
        expires_at: u64,
    },
    Enrollment {
        user: [u8; 16],
        state: Vec<u8>,
        expires_at: u64,
    },
    Upstream(SealedUpstream),
    Recovery {
        #[serde(with = "fixed_length")]
        link: [u8; 16],
        email: String,
        expires_at: u64,
    },
    SignUp {
        #[serde(with = "fixed_length")]
        link: [u8; 16],
        email: String,
        expires_at: u64,
        is_proved: bool,
        /// An earlier version ignores it, and finds no link.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        is_invited: Option<bool>,
        /// State of the registration of a passkey.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passkey: Option<Vec<u8>>,
    },
}

/// Sealed form of an email code login.
///
/// Its length does not reveal whether the user exists, because the length of the sealed value is visible.
#[derive(Serialize, Deserialize)]
struct SealedEmailCode {
    #[serde(with = "fixed_length")]
    login: [u8; 16],
    email: String,
    #[serde(with = "fixed_length")]
    user: [u8; 16],
    #[serde(with = "fixed_length")]
    code: [u8; 32],
    expires_at: u64,
}

/// ID that means "no user". User IDs start with a timestamp, so no user has this ID.
const NO_USER: [u8; 16] = [0; 16];

const fn time(seconds: u64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

impl Sealed {
    pub(super) fn of(interaction: &Interaction, told: Option<Remark>) -> Self {
        Self {
            errand: match interaction.purpose.clone() {
                Purpose::Authorize(query) => SealedPurpose::Authorize(query),
                Purpose::Visit(path) => SealedPurpose::Visit(path),
                Purpose::Device(code) => SealedPurpose::Device(code.letters().to_owned()),
            },
            began: interaction.began.as_unix_seconds(),
            session: interaction.session.map(|session| *session.as_bytes()),
            logged_in: interaction.done.logged_in,
            selected: interaction.done.selected,
            pending: interaction.pending.as_ref().map(SealedPending::of),
            recovered: interaction.recovered.as_ref().map(SealedRecovered::of),
            upstream: interaction.upstream.as_ref().map(SealedSignIn::of),
            told,
        }
    }

    /// Returns the interaction. Drops the challenge of a method from a later version, so that its page asks again.
    pub(super) fn open(self) -> Interaction {
        Interaction {
            purpose: match self.errand {
                SealedPurpose::Authorize(query) => Purpose::Authorize(query),
                SealedPurpose::Visit(path) => Purpose::Visit(path),
                SealedPurpose::Device(code) => UserCode::parse(&code)
                    .map_or_else(|_| Purpose::Visit(DEVICE.to_owned()), Purpose::Device),
            },
            began: time(self.began),
            session: self.session.map(SessionId::from_bytes),
            done: Done {
                logged_in: self.logged_in,
                selected: self.selected,
                consented: false,
            },
            pending: self.pending.and_then(SealedPending::open),
            recovered: self.recovered.map(SealedRecovered::open),
            upstream: self.upstream.and_then(SealedSignIn::open),
        }
    }
}

impl SealedPending {
    fn of(pending: &Pending) -> Self {
        match pending {
            Pending::SecondFactor(login) => Self::SecondFactor(SealedLogin::of(login)),
            Pending::EmailCode(login) => Self::EmailCode(SealedEmailCode {
                login: *login.login.as_bytes(),
                email: login.email.clone(),
                user: login.user.map_or(NO_USER, |user| *user.as_bytes()),
                code: *login.code.as_bytes(),
                expires_at: login.expires_at.as_unix_seconds(),
            }),
            Pending::Challenge(challenge) => Self::Passkey {
                method: (challenge.method != Method::PASSKEY).then(|| challenge.method.number()),
                login: *challenge.login.as_bytes(),
                second_factor: challenge.second_factor_of.as_ref().map(SealedLogin::of),
                state: challenge.state.clone(),
                expires_at: challenge.expires_at.as_unix_seconds(),
            },
            Pending::Enrollment(enrollment) => Self::Enrollment {
                user: *enrollment.user.as_bytes(),
                state: enrollment.state.clone(),
                expires_at: enrollment.expires_at.as_unix_seconds(),
            },
            Pending::Upstream(login) => Self::Upstream(SealedUpstream::of(login)),
            Pending::Recovery(login) => Self::Recovery {
                link: *login.link.as_bytes(),
                email: login.email.clone(),
                expires_at: login.expires_at.as_unix_seconds(),
            },
            Pending::SignUp(login) => Self::SignUp {
                link: *login.link.as_bytes(),
                email: login.email.clone(),
                expires_at: login.expires_at.as_unix_seconds(),
                is_proved: login.is_proved,
                is_invited: login.is_invited.then_some(true),
                passkey: login.passkey.clone(),
            },
        }
    }

    fn open(self) -> Option<Pending> {
        Some(match self {
            Self::SecondFactor(login) => Pending::SecondFactor(login.open()),
            Self::EmailCode(login) => Pending::EmailCode(EmailCodeLogin {
                login: LoginId::from_bytes(login.login),
                email: login.email,
                user: (login.user != NO_USER).then(|| UserId::from_bytes(login.user)),
                code: SecretDigest::from_bytes(login.code),
                expires_at: time(login.expires_at),
            }),
            Self::Passkey {
                method,
                login,
                second_factor,
                state,
                expires_at,
            } => Pending::Challenge(Challenge {
                method: method.map_or(Some(Method::PASSKEY), Method::from_number)?,
                login: LoginId::from_bytes(login),
                second_factor_of: second_factor.map(SealedLogin::open),
                state,
                expires_at: time(expires_at),
            }),
            Self::Enrollment {
                user,
                state,
                expires_at,
            } => Pending::Enrollment(Enrollment {
                user: UserId::from_bytes(user),
                state,
                expires_at: time(expires_at),
            }),
            Self::Upstream(login) => Pending::Upstream(login.open()?),
            Self::Recovery {
                link,
                email,
                expires_at,
            } => Pending::Recovery(RecoveryLogin {
                link: LoginId::from_bytes(link),
                email,
                expires_at: time(expires_at),
            }),
            Self::SignUp {
                link,
                email,
                expires_at,
                is_proved,
                is_invited,
                passkey,
            } => Pending::SignUp(SignUpLogin {
                link: LoginId::from_bytes(link),
                email,
                expires_at: time(expires_at),
                is_proved,
                is_invited: is_invited == Some(true),
                passkey,
            }),
        })
    }
}

#[cfg(test)]
mod tests;
