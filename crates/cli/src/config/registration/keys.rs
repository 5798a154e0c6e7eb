//! Keys of clients that register themselves.

use crate::config::key::{Key, Kind};

pub(crate) static MODE: Key = Key {
    path: "registration.mode",
    kind: Kind::OneOf(&["off", "token", "anonymous"]),
    default: Some("token"),
    doc: "Who can register a client at the endpoint `/oauth2/register` (RFC 7591): no one, holders of an initial access token from `countersign initial-access-tokens create`, or anyone. Without such a token, `token` lets no one register. The users of these clients always see a consent page. The clients are never first-party and get neither `client_credentials` nor the admin API. The other keys below `registration` limit what they can ask for.",
};
pub(crate) static SCOPE: Key = Key {
    path: "registration.scope",
    kind: Kind::Text,
    default: Some("openid profile email offline_access"),
    doc: "Scope that clients can register for, separated by spaces. The server leaves out other requested scope. A client that requests none gets all of it.",
};
pub(crate) static GRANT_TYPES: Key = Key {
    path: "registration.grant_types",
    kind: Kind::AnyOf(&["authorization_code", "refresh_token"]),
    default: Some("authorization_code,refresh_token"),
    doc: "Grant types that clients can register for. A request for another one is refused.",
};
pub(crate) static RESOURCES: Key = Key {
    path: "registration.resources",
    kind: Kind::List,
    default: None,
    doc: "Resources that clients can request tokens for (RFC 8707), such as `https://mcp.example.org`. If not set, they get tokens only for themselves and for userinfo.",
};
pub(crate) static REDIRECT_HOSTS: Key = Key {
    path: "registration.redirect_hosts",
    kind: Kind::List,
    default: None,
    doc: "Hosts of redirect URIs that clients can register, such as `example.org`, with their subdomains. An entry can also be a private-use scheme, such as `com.example.app`. If not set, every `https` host and the loopback interface is allowed, but no private-use scheme.",
};
pub(crate) static DENIED_HOSTS: Key = Key {
    path: "registration.denied_hosts",
    kind: Kind::List,
    default: None,
    doc: "Hosts of redirect URIs that clients cannot register, with their subdomains, even if `registration.redirect_hosts` lists them.",
};
pub(crate) static CLIENTS: Key = Key {
    path: "registration.clients",
    kind: Kind::Count(0..=1_000_000),
    default: Some("1000"),
    doc: "Maximum number of clients that registered themselves, per tenant.",
};
pub(crate) static UNUSED_LIFETIME: Key = Key {
    path: "registration.unused_lifetime",
    kind: Kind::Seconds(86_400..=31_536_000),
    default: Some("7776000"),
    doc: "Time after which a server with `store.housekeeping` deletes a client that registered itself and has requested no token since. A change of the registration counts as a use.",
};
pub(crate) static ATTEMPTS: Key = Key {
    path: "registration.attempts",
    kind: Kind::Count(1..=10_000),
    default: Some("20"),
    doc: "Maximum number of registrations per network address and ten minutes. All of an IPv6 /64 network counts as one address. Further requests get 429 with `Retry-After`.",
};
