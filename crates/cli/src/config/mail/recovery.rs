//! Settings of account recovery, mailed links and security notices.

use crate::config::key::{Key, Kind};
use crate::config::reader::Reader;
use countersign_domain::tenant::recovery::RecoveryPolicy;

pub(crate) static NOTICES: Key = Key {
    path: "login.notices",
    kind: Kind::OneOf(&["true", "false"]),
    default: Some("true"),
    doc: "Whether users get an email after a sign-in on a new device and after a change to how they sign in. Requires `mail.url`.",
};
pub(crate) static RECOVERY_REVOKES_GRANTS: Key = Key {
    path: "login.recovery_revokes_grants",
    kind: Kind::OneOf(&["true", "false"]),
    default: Some("true"),
    doc: "Whether a reset of a forgotten password revokes all grants of the user, so that every app has to sign the user in again. If false, grants with `offline_access` stay. Sessions and their other grants end in any case.",
};
pub(crate) static BREACHED_PASSWORDS: Key = Key {
    path: "login.breached_passwords",
    kind: Kind::Service,
    default: None,
    doc: "URL of a service that knows breached passwords, with the range API of Have I Been Pwned: `https://api.pwnedpasswords.com/range`. Users cannot choose a password that it knows. The server sends the first five hexadecimal digits of the SHA-1 digest of a new password, and receives all digests that begin with them. If the service fails, the password is accepted, with a line in the log. If not set, the server does not check.",
};
pub(crate) static MAILED_LINK: Key = Key {
    path: "lifetimes.mailed_link",
    kind: Kind::Seconds(300..=86_400),
    default: Some("1800"),
    doc: "Lifetime of a link and a code in an email, such as those to reset a password. A code for signing in has `lifetimes.login`.",
};
pub(crate) static UNDO_LINK: Key = Key {
    path: "lifetimes.undo_link",
    kind: Kind::Seconds(3600..=2_592_000),
    default: Some("604800"),
    doc: "Lifetime of a link in a security notice, with which users secure their account.",
};

impl Reader<'_> {
    /// Parses the URL of the service that knows breached passwords.
    pub(in crate::config) fn breached_passwords(&mut self) -> Option<String> {
        self.url(&BREACHED_PASSWORDS)
    }

    /// Reads the URL of a service or document of the operator.
    pub(super) fn url(&mut self, key: &Key) -> Option<String> {
        self.read(key, |text| {
            let is_url = text.starts_with("https://") || text.starts_with("http://");
            (is_url && !text.contains(['?', '#', '@', ' '])).then(|| text.to_owned())
        })
    }

    /// Parses the settings of recovery and security notices.
    pub(in crate::config) fn recovery(&mut self) -> Option<RecoveryPolicy> {
        let link = self.seconds(&MAILED_LINK);
        let undo_link = self.seconds(&UNDO_LINK);
        let sends_notices = self.word(&NOTICES, |text| text.parse().ok());
        let revokes_grants = self.word(&RECOVERY_REVOKES_GRANTS, |text| text.parse().ok());
        Some(RecoveryPolicy {
            link: link?,
            undo_link: undo_link?,
            sends_notices: sends_notices?,
            revokes_grants: revokes_grants?,
        })
    }
}
