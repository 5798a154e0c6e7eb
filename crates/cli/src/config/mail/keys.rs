//! Keys of recovery, mailed links, security notices and sign-up.

use crate::config::key::{Key, Kind};

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
pub(crate) static FACTOR_RESET_DELAY: Key = Key {
    path: "login.factor_reset_delay",
    kind: Kind::Seconds(86_400..=2_592_000),
    default: None,
    doc: "Delay after which users who have lost their second factors can remove them with the password alone. A mail announces the removal, and its link cancels it. A sign-in with a second factor cancels it, too. Not for users with admin roles. If not set, users need a recovery code, another factor or an operator. This weakens the second factor: a person who knows the password gets in after the delay if they also control the mailbox, or if the user does not read the mail in time. Requires `mail.url` and `login.notices`.",
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
    doc: "Lifetime of a link in a security notice, with which users secure their account or restore their former email address. During this time after a change of the address, users cannot change it again.",
};
pub(crate) static INVITATION: Key = Key {
    path: "lifetimes.invitation",
    kind: Kind::Seconds(3600..=2_592_000),
    default: Some("604800"),
    doc: "Lifetime of an invitation to create an account, which an operator sends.",
};
pub(crate) static SIGN_UP: Key = Key {
    path: "login.sign_up",
    kind: Kind::OneOf(&["off", "open", "domains", "invitation"]),
    default: Some("off"),
    doc: "Who can create an account on the pages: no one, anyone with an email address, anyone with an address in `login.sign_up_domains`, or only people whom an operator invites. Operators can also invite people with `open` and `domains`. Requires `mail.url`, because the address is verified first. Independent of `login.registration_client`.",
};
pub(crate) static SIGN_UP_DOMAINS: Key = Key {
    path: "login.sign_up_domains",
    kind: Kind::List,
    default: None,
    doc: "Domains of email addresses that can sign up, such as `example.org`, with `login.sign_up = \"domains\"`. A subdomain is another domain.",
};
pub(crate) static SIGN_UP_CLIENTS: Key = Key {
    path: "login.sign_up_clients",
    kind: Kind::List,
    default: None,
    doc: "`client_id` of each client whose users can create an account. If not set, the users of all clients can, and so can visitors of `/account`.",
};
pub(crate) static SIGN_UP_FIELDS: Key = Key {
    path: "login.sign_up_fields",
    kind: Kind::AnyOf(&[
        "name",
        "given_name",
        "family_name",
        "nickname",
        "phone_number",
        "birthdate",
    ]),
    default: Some("name"),
    doc: "Claims that the form of a new account asks for. All of them are required.",
};
pub(crate) static UPSTREAM_ONLY: Key = Key {
    path: "login.upstream_only",
    kind: Kind::List,
    default: None,
    doc: "Names of the upstream providers that alone may sign users in, such as `corp`. The sign-in page then offers no password, passkey or code as the first factor. If not set, users can sign in with every method. A client can narrow this further. See [federation.md](federation.md#the-only-way-in).",
};
pub(crate) static TERMS_URL: Key = Key {
    path: "login.terms_url",
    kind: Kind::Service,
    default: None,
    doc: "URL of the terms of service, which new users must agree to. Requires `login.terms_version`.",
};
pub(crate) static TERMS_VERSION: Key = Key {
    path: "login.terms_version",
    kind: Kind::Text,
    default: None,
    doc: "Version of the terms of service, such as `2026-11`. The server stores it with the user, and in the audit log.",
};
pub(crate) static PRIVACY_URL: Key = Key {
    path: "login.privacy_url",
    kind: Kind::Service,
    default: None,
    doc: "URL of the privacy policy, which new users must agree to. Requires `login.privacy_version`.",
};
pub(crate) static PRIVACY_VERSION: Key = Key {
    path: "login.privacy_version",
    kind: Kind::Text,
    default: None,
    doc: "Version of the privacy policy. The server stores it with the user, and in the audit log.",
};
