//! The table of configuration keys. Reading, checking, showing and documenting all go by it.

use crate::config::key::{Key, Kind};

pub(crate) static LISTEN: Key = Key {
    path: "listen",
    kind: Kind::Address,
    default: Some("127.0.0.1:8080"),
    doc: "Where the server listens for HTTP. TLS is the work of the proxy in front of it.",
};
pub(crate) static CONNECTIONS: Key = Key {
    path: "connections",
    kind: Kind::Count(1..=65_536),
    default: Some("800"),
    doc: "How many connections may be open at once; the next ones wait. Each takes a file descriptor: keep it some 200 below the limit of the process (`ulimit -n`), which is often 1024. A client has ten seconds for the headers of a request. An idle connection is closed after 75 seconds: a proxy should let go of one sooner, as most do.",
};
pub(crate) static DRAIN: Key = Key {
    path: "drain",
    kind: Kind::Seconds(0..=300),
    default: Some("0"),
    doc: "How long the server goes on after the signal to stop, so that balancers can turn elsewhere: it serves as before, but `/health/ready` and `/health` answer 503 and every answer ends its connection. Then it accepts no more, and finishes what is under way for ten seconds at most. With several nodes set it to several times what the balancer takes to notice; for a server alone 0 is right.",
};
pub(crate) static ISSUER: Key = Key {
    path: "issuer",
    kind: Kind::Issuer,
    default: None,
    doc: "The URL that clients know the server by: `iss` of every token, and the base of every address in the discovery documents. `serve` needs it. A path is refused: RFC 8414 section 3 would have the document at `/.well-known/oauth-authorization-server/PATH`, which is not served. Give each server a host of its own.",
};
pub(crate) static STORE_URL: Key = Key {
    path: "store.url",
    kind: Kind::StoreUrl,
    default: None,
    doc: "Where grants, clients, users and signing keys are kept. Every command that touches them needs it. `serve`, `migrate`, `clients create` and `users create` make the file if it is not there, but not its folder; other commands say that there is no store. A PostgreSQL database has to be there; its tables are made. A password with other characters than letters, digits, `-`, `.`, `_` and `~` is percent-encoded. [operations.md](operations.md) says what may stand in the URL of a database.",
};
pub(crate) static STORE_POOL_SIZE: Key = Key {
    path: "store.pool_size",
    kind: Kind::Count(1..=100),
    default: Some("8"),
    doc: "For PostgreSQL: how many connections a server opens at most for reading and for administration. Beside these, a few write and one listens for changes.",
};
pub(crate) static STORE_ACQUIRE_TIMEOUT: Key = Key {
    path: "store.acquire_timeout",
    kind: Kind::Seconds(1..=60),
    default: Some("2"),
    doc: "For PostgreSQL: how long a request waits for a connection before it is answered with 503.",
};
pub(crate) static STORE_STATEMENT_TIMEOUT: Key = Key {
    path: "store.statement_timeout",
    kind: Kind::Seconds(1..=60),
    default: Some("5"),
    doc: "For PostgreSQL: how long the database may take for one statement before it gives the statement up and the request is answered with 503.",
};
pub(crate) static STORE_OUTAGE_GRACE: Key = Key {
    path: "store.outage_grace",
    kind: Kind::Seconds(0..=86_400),
    default: Some("300"),
    doc: "How long clients that a server has in memory go on getting tokens by client credentials while the store does not answer. A client that is disabled meanwhile goes on for as long.",
};
pub(crate) static STORE_MIGRATE_AT_START: Key = Key {
    path: "store.migrate_at_start",
    kind: Kind::OneOf(&["true", "false"]),
    default: Some("true"),
    doc: "Whether `serve` and the other commands bring the store to the layout of this version. If not, they refuse a store that is not, and `countersign migrate` has to come first.",
};
pub(crate) static STORE_HOUSEKEEPING: Key = Key {
    path: "store.housekeeping",
    kind: Kind::OneOf(&["true", "false"]),
    default: Some("true"),
    doc: "Whether this server removes what has expired. Of several on one database, one at a time does.",
};
pub(crate) static MASTER_KEY_FILE: Key = Key {
    path: "master_key_file",
    kind: Kind::Path,
    default: None,
    doc: "The file with the master key: whoever has it can forge codes and refresh tokens and read the signing keys of the store. Mode 0600 (the log and `config check` warn of a file that others may read), and not in the same backup as the store.",
};
pub(crate) static MASTER_KEY: Key = Key {
    path: "master_key",
    kind: Kind::MasterKey,
    default: None,
    doc: "The master key itself, instead of `master_key_file`; setting both is an error. For an environment variable that a secret manager fills.",
};
pub(crate) static ACCESS_TOKEN: Key = Key {
    path: "lifetimes.access_token",
    kind: Kind::Seconds(1..=86_400),
    default: Some("3600"),
    doc: "How long an access token is valid. A client may be registered with a lifetime of its own.",
};
pub(crate) static ID_TOKEN: Key = Key {
    path: "lifetimes.id_token",
    kind: Kind::Seconds(1..=86_400),
    default: Some("3600"),
    doc: "How long an ID token is valid.",
};
pub(crate) static REFRESH_TOKEN: Key = Key {
    path: "lifetimes.refresh_token",
    kind: Kind::Seconds(1..=31_536_000),
    default: Some("2592000"),
    doc: "How long a refresh token is valid, counted anew at each rotation.",
};
pub(crate) static AUTHORIZATION_CODE: Key = Key {
    path: "lifetimes.authorization_code",
    kind: Kind::Seconds(1..=600),
    default: Some("600"),
    doc: "How long an authorization code is valid. RFC 6749 section 4.1.2 recommends ten minutes at most.",
};
pub(crate) static LOGIN: Key = Key {
    path: "lifetimes.login",
    kind: Kind::Seconds(30..=3600),
    default: Some("600"),
    doc: "How long a person has from the password to the consent.",
};
pub(crate) static SESSION: Key = Key {
    path: "lifetimes.session",
    kind: Kind::Seconds(60..=2_592_000),
    default: Some("3600"),
    doc: "How long a browser stays logged in.",
};
pub(crate) static SLIDING_SESSION: Key = Key {
    path: "lifetimes.sliding_session",
    kind: Kind::OneOf(&["true", "false"]),
    default: Some("false"),
    doc: "Whether a session that is used in the second half of its time is prolonged by a whole lifetime. That writes a row; otherwise a login is over after `lifetimes.session`, however busy its user is.",
};
pub(crate) static DEVICE: Key = Key {
    path: "lifetimes.device",
    kind: Kind::Seconds(0..=31_536_000),
    default: Some("2592000"),
    doc: "How long a browser is remembered in which its user gave the second factor and asked not to be asked again. 0 remembers none.",
};
pub(crate) static REFRESH_LEEWAY: Key = Key {
    path: "lifetimes.refresh_leeway",
    kind: Kind::Seconds(0..=300),
    default: Some("30"),
    doc: "How long after a rotation the token before it still answers with the same successor: for a client that never saw the answer, and for two tabs of one browser. After that it counts as stolen.",
};
pub(crate) static SIGNING_ALGORITHM: Key = Key {
    path: "signing.algorithm",
    kind: Kind::OneOf(&["RS256", "ES256", "EdDSA"]),
    default: Some("RS256"),
    doc: "What signs the tokens of a client that has no algorithm of its own. Every client can check RS256; ES256 and EdDSA are some ten times faster to make.",
};
pub(crate) static ANNOUNCEMENT: Key = Key {
    path: "keys.announcement",
    kind: Kind::Seconds(0..=604_800),
    default: Some("300"),
    doc: "How long a new signing key is published before it signs, after `countersign keys rotate`: as long as clients may hold an old copy of the key set.",
};
pub(crate) static PROXIES: Key = Key {
    path: "proxies",
    kind: Kind::Count(0..=10),
    default: Some("0"),
    doc: "How many proxies stand between clients and the server, each of which adds the address it was asked from to `X-Forwarded-For`. Failed logins are counted by the address of the client: with a number too small all clients are one, with a number too large a client chooses its address itself.",
};
pub(crate) static SECOND_FACTOR: Key = Key {
    path: "login.second_factor",
    kind: Kind::OneOf(&["off", "optional", "required"]),
    default: Some("optional"),
    doc: "Whether users may set up a second factor, or must before they go on. `off` hides the pages for it; who has one is still asked for it.",
};
pub(crate) static REGISTRATION: Key = Key {
    path: "login.registration_client",
    kind: Kind::Text,
    default: None,
    doc: "The `client_id` of the public client that gets the tokens of people who make an account of their own, by `POST /v1/users`. Nobody can while it is not set.",
};
pub(crate) static MAIL_URL: Key = Key {
    path: "mail.url",
    kind: Kind::MailUrl,
    default: None,
    doc: "Where mail is handed over. `smtps://` speaks TLS from the start, `smtp://` turns to TLS before anything is said (`?tls=none` does without, for a server on this machine), `file:///folder` writes each message to a file, for development. Without it there are no codes by mail.",
};
pub(crate) static MAIL_FROM: Key = Key {
    path: "mail.from",
    kind: Kind::Text,
    default: None,
    doc: "The sender of mail, such as `Example <login@example.org>`. Needed with `mail.url`.",
};
pub(crate) static PAGES_NAME: Key = Key {
    path: "pages.name",
    kind: Kind::Text,
    default: Some("Countersign"),
    doc: "Whose server this is: stands above every page, in the titles, in mail, and where passkeys are kept.",
};
pub(crate) static PAGES_LOGO: Key = Key {
    path: "pages.logo",
    kind: Kind::Image,
    default: None,
    doc: "An image beside the name.",
};
pub(crate) static PAGES_ACCENT: Key = Key {
    path: "pages.accent",
    kind: Kind::Color,
    default: Some("#2f4fd0"),
    doc: "The color of buttons on a light ground.",
};
pub(crate) static PAGES_ACCENT_DARK: Key = Key {
    path: "pages.accent_dark",
    kind: Kind::Color,
    default: Some("#9db2ff"),
    doc: "The color of buttons on a dark ground.",
};
pub(crate) static PAGES_LANGUAGE: Key = Key {
    path: "pages.language",
    kind: Kind::Text,
    default: Some("en"),
    doc: "The language for whoever asks for none that is there.",
};
pub(crate) static PAGES_CATALOGUES: Key = Key {
    path: "pages.catalogues",
    kind: Kind::Path,
    default: None,
    doc: "A folder with catalogues of texts, `fr.toml` for French and so on, beside those of the binary or in their place. [pages.md](pages.md) says what is in one.",
};
pub(crate) static PAGES_SCOPES: Key = Key {
    path: "pages.scopes",
    kind: Kind::Path,
    default: None,
    doc: "A TOML file that says in words what scope tokens mean, for the page that asks for consent: a table for each token, a text for each language.",
};
pub(crate) static OUTBOUND_PRIVATE_NETWORKS: Key = Key {
    path: "outbound.private_networks",
    kind: Kind::AnyOf(&["back_channel_logout"]),
    default: None,
    doc: "Purposes for which the server may send requests to private networks: loopback, RFC 1918 (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16), shared (100.64.0.0/10) and unique local addresses (fc00::/7). By default, every outbound request is limited to public addresses, so that a client's URL cannot reach internal services. Add `back_channel_logout` if clients with a back-channel logout URI run in your own network or on the same machine. Link-local addresses, where cloud providers serve machine credentials, are always refused.",
};
pub(crate) static OUTBOUND_PROXY: Key = Key {
    path: "outbound.proxy",
    kind: Kind::ProxyUrl,
    default: None,
    doc: "HTTP proxy for all outbound requests. The proxy resolves host names itself, so it must refuse private networks; the server only checks URLs with an IP address or `localhost`. Environment variables such as `HTTPS_PROXY` are ignored.",
};
pub(crate) static OUTBOUND_CA_FILE: Key = Key {
    path: "outbound.ca_file",
    kind: Kind::Path,
    default: None,
    doc: "PEM file with certificate authorities to trust for outbound requests, in addition to those of the system. Read at start.",
};
pub(crate) static OUTBOUND_TIMEOUT: Key = Key {
    path: "outbound.timeout",
    kind: Kind::Seconds(1..=60),
    default: Some("5"),
    doc: "Time limit for one outbound request: name resolution, connection and the whole answer.",
};
pub(crate) static METRICS_LISTEN: Key = Key {
    path: "metrics.listen",
    kind: Kind::Address,
    default: None,
    doc: "Where Prometheus finds `/metrics`; off while it is not set. Keep it out of reach of the public.",
};
pub(crate) static LOG_LEVEL: Key = Key {
    path: "log.level",
    kind: Kind::OneOf(&["error", "warn", "info", "debug", "trace"]),
    default: Some("info"),
    doc: "How much is logged, to standard error.",
};
pub(crate) static LOG_FORMAT: Key = Key {
    path: "log.format",
    kind: Kind::OneOf(&["text", "json"]),
    default: Some("text"),
    doc: "How it is logged: for people, or one JSON object a line.",
};

/// All keys, in the order in which they are shown.
pub(crate) static TABLE: &[&Key] = &[
    &LISTEN,
    &CONNECTIONS,
    &DRAIN,
    &PROXIES,
    &ISSUER,
    &STORE_URL,
    &STORE_POOL_SIZE,
    &STORE_ACQUIRE_TIMEOUT,
    &STORE_STATEMENT_TIMEOUT,
    &STORE_OUTAGE_GRACE,
    &STORE_MIGRATE_AT_START,
    &STORE_HOUSEKEEPING,
    &MASTER_KEY_FILE,
    &MASTER_KEY,
    &ACCESS_TOKEN,
    &ID_TOKEN,
    &REFRESH_TOKEN,
    &AUTHORIZATION_CODE,
    &LOGIN,
    &SESSION,
    &SLIDING_SESSION,
    &DEVICE,
    &REFRESH_LEEWAY,
    &SECOND_FACTOR,
    &REGISTRATION,
    &MAIL_URL,
    &MAIL_FROM,
    &PAGES_NAME,
    &PAGES_LOGO,
    &PAGES_ACCENT,
    &PAGES_ACCENT_DARK,
    &PAGES_LANGUAGE,
    &PAGES_CATALOGUES,
    &PAGES_SCOPES,
    &SIGNING_ALGORITHM,
    &ANNOUNCEMENT,
    &OUTBOUND_PRIVATE_NETWORKS,
    &OUTBOUND_PROXY,
    &OUTBOUND_CA_FILE,
    &OUTBOUND_TIMEOUT,
    &METRICS_LISTEN,
    &LOG_LEVEL,
    &LOG_FORMAT,
];

/// The key of this path.
pub(crate) fn find(path: &str) -> Option<&'static Key> {
    TABLE.iter().copied().find(|key| key.path == path)
}

/// The key whose path is most like `path`.
pub(crate) fn nearest(path: &str) -> Option<&'static Key> {
    let likeness = |key: &Key| {
        let last = |text: &str| text.rsplit('.').next().unwrap_or_default().to_owned();
        let whole = strsim::jaro_winkler(path, key.path);
        // `ttl.access_token` or plain `access_token` means the key of that last part.
        let part = strsim::jaro_winkler(&last(path), &last(key.path)) * 0.9;
        whole.max(part)
    };
    TABLE
        .iter()
        .copied()
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_ports::OutboundPurpose;

    #[test]
    fn a_mistyped_key_is_near_to_the_one_that_was_meant() {
        for (mistyped, meant) in [
            ("lisen", "listen"),
            ("isuer", "issuer"),
            ("store.uri", "store.url"),
            ("store_url", "store.url"),
            ("access_token", "lifetimes.access_token"),
            ("lifetime.access_token", "lifetimes.access_token"),
            ("lifetimes.refresh", "lifetimes.refresh_token"),
            ("masterkeyfile", "master_key_file"),
            ("logging.level", "log.level"),
        ] {
            assert_eq!(nearest(mistyped).unwrap().path, meant, "{mistyped}");
        }
    }

    #[test]
    fn private_networks_are_allowed_by_the_names_of_all_purposes() {
        let names = OutboundPurpose::ALL.iter().map(|purpose| purpose.as_str());
        let Kind::AnyOf(words) = OUTBOUND_PRIVATE_NETWORKS.kind else {
            panic!("a list of words");
        };
        assert!(names.eq(words.iter().copied()));
    }

    #[test]
    fn a_variable_is_the_path_in_upper_case() {
        assert_eq!(STORE_URL.variable(), "COUNTERSIGN__STORE__URL");
        assert_eq!(MASTER_KEY_FILE.variable(), "COUNTERSIGN__MASTER_KEY_FILE");
    }
}
