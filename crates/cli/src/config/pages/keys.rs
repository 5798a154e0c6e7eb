//! Keys of the links below pages, and of passkeys.

use crate::config::key::{Key, Kind};

pub(crate) static PAGES_HELP: Key = Key {
    path: "pages.help",
    kind: Kind::Link,
    default: None,
    doc: "Page or email address for people who need help. Every page links to it.",
};
pub(crate) static PAGES_TERMS: Key = Key {
    path: "pages.terms",
    kind: Kind::Link,
    default: None,
    doc: "Terms of service. Every page links to them.",
};
pub(crate) static PAGES_PRIVACY: Key = Key {
    path: "pages.privacy",
    kind: Kind::Link,
    default: None,
    doc: "Privacy policy. Every page links to it.",
};
pub(crate) static ACCOUNT_DELETION: Key = Key {
    path: "account.deletion",
    kind: Kind::OneOf(&["true", "false"]),
    default: Some("true"),
    doc: "Whether users can delete their accounts at `/account/data`.",
};
pub(crate) static ACCOUNT_DELETION_GRACE: Key = Key {
    path: "account.deletion_grace",
    kind: Kind::Seconds(0..=7_776_000),
    default: Some("604800"),
    doc: "Time between the request of a user to delete the account and the deletion. Until then, a sign-in offers to keep the account.",
};
pub(crate) static PASSKEYS_OFFER: Key = Key {
    path: "passkeys.offer",
    kind: Kind::OneOf(&["true", "false"]),
    default: Some("true"),
    doc: "Whether users without a passkey may create one right after they have signed in with a password, if their device has a fingerprint reader, face recognition or a screen lock. Users can skip this. The server then asks again after 90 days.",
};
pub(crate) static PASSKEYS_DOMAIN: Key = Key {
    path: "passkeys.domain",
    kind: Kind::Text,
    default: None,
    doc: "Domain that passkeys belong to (relying party ID). By default, it is the host of `issuer`, and a change of that host makes all passkeys useless. After such a change, set the former host here, let this server answer `/.well-known/webauthn` at that host too, and existing passkeys keep working in browsers that support related origins.",
};
pub(crate) static PASSKEYS_RELATED_ORIGINS: Key = Key {
    path: "passkeys.related_origins",
    kind: Kind::Origins,
    default: None,
    doc: "Other origins that may use the passkeys of this server, such as the sign-in of another country. The server publishes them and its own origin at `/.well-known/webauthn`. Without this setting and `passkeys.domain`, the path does not exist.",
};
pub(crate) static PAGES_PLACES: Key = Key {
    path: "pages.places",
    kind: Kind::Path,
    default: None,
    doc: "File in the MaxMind DB format with places of network addresses: a City or Country database, such as GeoLite2 or DB-IP Lite. The account page, security notices and the download of data then show the approximate place of a sign-in. The server loads the file again within a minute after it was replaced. If not set, the server looks up no places. [operations.md](operations.md#places-of-sign-ins) describes how to keep it current.",
};
