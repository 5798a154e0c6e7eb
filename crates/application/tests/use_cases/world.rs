//! Fakes for browser sign-ins: clocks, tokens, mailboxes, logout receivers, plain-text passwords, codes and passkeys.

mod assertions;
mod passkeys;

pub(crate) use assertions::{SECRETS, Signed};

use crate::fakes::{Counting, Fixed};
use countersign_domain::audit::event::Event;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::authorization_code::AuthorizationCode;
use countersign_domain::identifier::LoginId;
use countersign_domain::login::mailed_link::MailedLink;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::login::weakness::Weakness;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::{Tenant, TenantId, TenantSettings};
use countersign_domain::time::Timestamp;
use countersign_domain::token::access_token::AccessToken;
use countersign_ports::{
    AuthorizationCodeCodec, BreachedPasswords, Clock, Entropy, EventCodec, EventRecord,
    FormatGeneration, Formats, IdToken, LogoutSender, MailedLinkCodec, Mailer, Message,
    OneTimeCodes, OpenError, PasswordHasher, PasswordsBusy, TokenVerifier, Vault,
};
use countersign_store_contract::fixtures;
use std::pin::Pin;
use std::sync::{LazyLock, Mutex};

pub(crate) const ISSUER: &str = "https://auth.example";

/// ID of the default tenant of the tests.
pub(crate) const SINGLE: TenantId = TenantId::SINGLE;

/// Returns the default tenant of the tests.
pub(crate) fn tenant() -> &'static Tenant {
    static TENANT: LazyLock<Tenant> = LazyLock::new(fixtures::tenant);
    &TENANT
}

/// Returns the default tenant with this second factor policy.
pub(crate) fn with_mfa(mfa: MfaPolicy) -> Tenant {
    let tenant = fixtures::tenant();
    Tenant {
        settings: TenantSettings {
            mfa,
            ..tenant.settings
        },
        ..tenant
    }
}

/// Returns the password of all fixture users. It equals their hash, because the fake hasher does not hash.
pub(crate) fn password() -> Secret {
    let user = fixtures::user(1, "jane@example.com");
    Secret::new(user.password_hash.unwrap_or_default())
}

/// Clock that stands still.
pub(crate) struct At(pub(crate) Timestamp);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// Fake token verifier. Token texts are `access`, `hint`, and `7 of 1` for session 7 of user 1.
pub(crate) struct Tokens {
    pub(crate) issuer: &'static str,
    pub(crate) access: Option<AccessToken>,
    pub(crate) hint: Option<IdToken>,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            issuer: ISSUER,
            access: None,
            hint: None,
        }
    }
}

impl TokenVerifier for Tokens {
    fn access_token(&self, _: TenantId, text: &str) -> Option<AccessToken> {
        self.access.clone().filter(|_| text == "access")
    }

    fn id_token(&self, _: TenantId, text: &str) -> Option<IdToken> {
        self.hint.clone().filter(|_| text == "hint")
    }

    fn session_token(&self, _: TenantId, text: &str) -> Option<countersign_ports::SessionToken> {
        let (session, user) = text.split_once(" of ")?;
        Some(countersign_ports::SessionToken {
            issuer: self.issuer.to_owned(),
            user: fixtures::user_id(user.parse().ok()?),
            session: fixtures::session_id(session.parse().ok()?),
            expires_at: fixtures::later(3600),
        })
    }
}

/// Nodes that all understand the formats up to this generation.
pub(crate) struct NodesOf(pub(crate) FormatGeneration);

impl Formats for NodesOf {
    fn all_nodes_understand(&self, generation: FormatGeneration) -> bool {
        generation <= self.0
    }
}

/// Recorder of everything that leaves the server.
#[derive(Default)]
pub(crate) struct Outside {
    has_no_mail: bool,
    mail: Mutex<Vec<Message>>,
    logouts: Mutex<Vec<(String, String)>>,
    codes: Mutex<Vec<AuthorizationCode>>,
    links: Mutex<Vec<(LoginId, MailedLink)>>,
    entropy: Counting,
}

impl Outside {
    /// Returns a recorder of a server without mail.
    pub(crate) fn without_mail() -> Self {
        Self {
            has_no_mail: true,
            ..Self::default()
        }
    }

    /// Returns all messages so far that are delivered.
    pub(crate) fn mail(&self) -> Vec<Message> {
        let mut mail = self.mail.lock().unwrap().clone();
        mail.retain(|message| !message.is_withheld);
        mail
    }

    /// Returns all queued messages, including those that are withheld.
    pub(crate) fn queued(&self) -> Vec<Message> {
        self.mail.lock().unwrap().clone()
    }

    /// Returns all logout tokens so far, each with its URI.
    pub(crate) fn logouts(&self) -> Vec<(String, String)> {
        self.logouts.lock().unwrap().clone()
    }

    /// Returns all codes so far, before sealing.
    pub(crate) fn codes(&self) -> Vec<AuthorizationCode> {
        self.codes.lock().unwrap().clone()
    }
}

impl Mailer for Outside {
    fn is_set_up(&self) -> bool {
        !self.has_no_mail
    }

    fn send(&self, message: Message) {
        self.mail.lock().unwrap().push(message);
    }
}

/// Keeps the links. Their sealed form is their identifier.
impl MailedLinkCodec for Outside {
    fn seal(&self, _: TenantId, id: LoginId, link: &MailedLink) -> Vec<u8> {
        self.links.lock().unwrap().push((id, link.clone()));
        id.as_bytes().to_vec()
    }

    fn open(&self, _: TenantId, id: LoginId, sealed: &[u8]) -> Result<MailedLink, OpenError> {
        let links = self.links.lock().unwrap();
        let mut links = links
            .iter()
            .rev()
            .filter(|(own, _)| own.as_bytes() == sealed && *own == id);
        let found = links.next().map(|(_, link)| link.clone());
        found.ok_or(OpenError::Unknown)
    }
}

/// Each link has another identifier and secret.
impl Entropy for Outside {
    fn fill(&self, buffer: &mut [u8]) {
        self.entropy.fill(buffer);
    }

    fn time_ordered_id(&self) -> [u8; 16] {
        self.entropy.time_ordered_id()
    }
}

impl LogoutSender for Outside {
    fn send(&self, uri: &RedirectUri, token: String) {
        let uri = uri.as_str().to_owned();
        self.logouts.lock().unwrap().push((uri, token));
    }
}

impl AuthorizationCodeCodec for Outside {
    fn seal(&self, _: TenantId, code: &AuthorizationCode) -> String {
        self.codes.lock().unwrap().push(code.clone());
        "code".to_owned()
    }

    fn open(&self, _: TenantId, _: &str) -> Result<AuthorizationCode, OpenError> {
        Err(OpenError::Unknown)
    }
}

/// Judges only the password that is the email address weak.
impl PasswordHasher for Fixed {
    async fn weakness(
        &self,
        password: &Secret,
        about: Vec<String>,
    ) -> Result<Option<Weakness>, PasswordsBusy> {
        let is_personal = about.iter().any(|text| text == password.expose_secret());
        Ok(is_personal.then_some(Weakness::Personal))
    }

    async fn hash(&self, password: &Secret) -> Result<String, PasswordsBusy> {
        Ok(password.expose_secret().to_owned())
    }

    async fn verify(&self, password: &Secret, hash: Option<&str>) -> Result<bool, PasswordsBusy> {
        Ok(hash == Some(password.expose_secret()))
    }
}

/// Knows one breached password.
impl BreachedPasswords for Fixed {
    fn contain<'a>(
        &'a self,
        password: &'a Secret,
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>> {
        let is_known = password.expose_secret() == "a breached phrase";
        Box::pin(std::future::ready(is_known))
    }
}

impl Vault for Fixed {
    fn seal(&self, _: TenantId, context: &str, plaintext: &[u8]) -> Vec<u8> {
        [context.as_bytes(), plaintext].concat()
    }

    fn unseal(&self, _: TenantId, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        sealed.strip_prefix(context.as_bytes()).map(<[u8]>::to_vec)
    }
}

/// Accepts the code 123456 for every secret. The time step is the minute.
impl OneTimeCodes for Fixed {
    fn matching_time_step(&self, _: &[u8], code: &str, now: Timestamp) -> Option<u64> {
        (code == "123456").then_some(now.as_unix_seconds() / 60)
    }

    fn enrollment_uri(&self, _: &[u8], issuer: &str, account: &str) -> String {
        format!("otpauth://totp/{issuer}:{account}")
    }
}

/// Keeps only the facts of an event; the tests do not use the rest of its record.
impl EventCodec for Fixed {
    fn record(&self, tenant: TenantId, event: Event, salt: [u8; 16]) -> EventRecord {
        EventRecord {
            salt,
            ..fixtures::record_of(tenant, event)
        }
    }
}
