//! Configuration keys, the single source for parsing, validation, output and documentation.

use crate::config::key::{Key, Kind};
use countersign_domain::tenant::lifetimes::Lifetimes;

pub(crate) static LISTEN: Key = Key {
    path: "listen",
    kind: Kind::Address,
    default: Some("127.0.0.1:8080"),
    doc: "Address on which the server listens for HTTP. A reverse proxy in front of it terminates TLS.",
};
pub(crate) static CONNECTIONS: Key = Key {
    path: "connections",
    kind: Kind::Count(1..=65_536),
    default: Some("800"),
    doc: "Maximum number of open connections. At this limit, the server closes an idle connection for the next one: the longest idle one of the client address that has most of them. If none is idle, further connections wait. Each connection needs a file descriptor: keep this value about 200 below the process limit (`ulimit -n`), which is often 1024. A client must send the headers of a request within ten seconds. The server closes idle connections after 75 seconds; the idle timeout of a proxy should be shorter, as it usually is.",
};
pub(crate) static CONNECTIONS_PER_ADDRESS: Key = Key {
    path: "connections_per_address",
    kind: Kind::Count(1..=65_536),
    default: Some("400"),
    doc: "Maximum number of open connections per client address (per /64 network with IPv6). At this limit, the server closes the longest idle connection of the address for the next one. Does not apply behind reverse proxies that name the client in a header, because they share their connections among clients.",
};
pub(crate) static DRAIN: Key = Key {
    path: "drain",
    kind: Kind::Seconds(0..=300),
    default: Some("0"),
    doc: "How long the server keeps serving after a shutdown signal, so that load balancers can stop sending it requests. During this time, `/health/ready` and `/health` return 503, and every response closes its connection. Then the server accepts no more connections and allows at most ten seconds for requests in progress. With several nodes, set this to several times the delay until the load balancer notices. For a single server, use 0.",
};
pub(crate) static ISSUER: Key = Key {
    path: "issuer",
    kind: Kind::Issuer,
    default: None,
    doc: "Issuer URL of the server: the `iss` claim of every token and the base of every URL in the discovery documents. Required by `serve`. A path is not allowed: RFC 8414 section 3 would put the metadata at `/.well-known/oauth-authorization-server/PATH`, which the server does not support. Use a separate host for each server.",
};
pub(crate) static STORE_URL: Key = Key {
    path: "store.url",
    kind: Kind::StoreUrl,
    default: None,
    doc: "URL of the store, which holds grants, clients, users and signing keys. Required by every command that uses the store. `serve`, `migrate`, `clients create` and `users create` create a missing SQLite file, but not its folder; other commands fail. A PostgreSQL database must exist; schema migrations create its tables. Percent-encode every character of the password except letters, digits, `-`, `.`, `_` and `~`. [operations.md](operations.md) lists the parameters of a database URL.",
};
pub(crate) static STORE_POOL_SIZE: Key = Key {
    path: "store.pool_size",
    kind: Kind::Count(1..=100),
    default: Some("8"),
    doc: "For PostgreSQL: maximum size of the connection pool for reads and administration. The server also opens a few connections for writes and one that listens for changes.",
};
pub(crate) static STORE_ACQUIRE_TIMEOUT: Key = Key {
    path: "store.acquire_timeout",
    kind: Kind::Seconds(1..=60),
    default: Some("2"),
    doc: "For PostgreSQL: how long a request waits for a connection from the pool before it fails with 503.",
};
pub(crate) static STORE_STATEMENT_TIMEOUT: Key = Key {
    path: "store.statement_timeout",
    kind: Kind::Seconds(1..=60),
    default: Some("5"),
    doc: "For PostgreSQL: timeout for one statement. The database cancels a slower statement, and the request fails with 503.",
};
pub(crate) static STORE_OUTAGE_GRACE: Key = Key {
    path: "store.outage_grace",
    kind: Kind::Seconds(0..=86_400),
    default: Some("300"),
    doc: "How long clients that the server has cached can still get tokens with the client credentials grant while the store is unavailable. During this time, the server cannot see that a client was disabled.",
};
pub(crate) static STORE_MIGRATE_AT_START: Key = Key {
    path: "store.migrate_at_start",
    kind: Kind::OneOf(&["true", "false"]),
    default: Some("true"),
    doc: "Whether `serve` and other commands apply schema migrations. If false, they refuse a store whose schema is not current; run `countersign migrate` first.",
};
pub(crate) static STORE_HOUSEKEEPING: Key = Key {
    path: "store.housekeeping",
    kind: Kind::OneOf(&["true", "false"]),
    default: Some("true"),
    doc: "Whether this server deletes expired rows. If several servers share a database, only one of them does so at a time.",
};
pub(crate) static MASTER_KEY_FILE: Key = Key {
    path: "master_key_file",
    kind: Kind::Path,
    default: None,
    doc: "File with the master key. Anyone with this key can forge authorization codes and refresh tokens, and can decrypt the signing keys in the store. Set the file mode to 0600; the log and `config check` warn if other users can access the file. Do not put it in the same backup as the store.",
};
pub(crate) static MASTER_KEY: Key = Key {
    path: "master_key",
    kind: Kind::MasterKey,
    default: None,
    doc: "The master key itself, instead of `master_key_file`. Setting both is an error. Use it if a secret manager sets the environment variable.",
};
pub(crate) static ACCESS_TOKEN: Key = Key {
    path: "lifetimes.access_token",
    kind: Kind::Seconds(1..=Lifetimes::LONGEST_TOKEN.as_secs()),
    default: Some("3600"),
    doc: "Lifetime of an access token. A client can have its own lifetime.",
};
pub(crate) static ID_TOKEN: Key = Key {
    path: "lifetimes.id_token",
    kind: Kind::Seconds(1..=Lifetimes::LONGEST_TOKEN.as_secs()),
    default: Some("3600"),
    doc: "Lifetime of an ID token.",
};
pub(crate) static REFRESH_TOKEN: Key = Key {
    path: "lifetimes.refresh_token",
    kind: Kind::Seconds(1..=31_536_000),
    default: Some("2592000"),
    doc: "Lifetime of a refresh token. It starts again at each rotation.",
};
pub(crate) static AUTHORIZATION_CODE: Key = Key {
    path: "lifetimes.authorization_code",
    kind: Kind::Seconds(1..=Lifetimes::LONGEST_CODE.as_secs()),
    default: Some("600"),
    doc: "Lifetime of an authorization code. RFC 6749 section 4.1.2 recommends at most ten minutes.",
};
pub(crate) static LOGIN: Key = Key {
    path: "lifetimes.login",
    kind: Kind::Seconds(30..=3600),
    default: Some("600"),
    doc: "Time limit for a login, from the password to the consent.",
};
pub(crate) static SESSION: Key = Key {
    path: "lifetimes.session",
    kind: Kind::Seconds(60..=2_592_000),
    default: Some("3600"),
    doc: "Lifetime of a browser session.",
};
pub(crate) static LONGEST_SESSION: Key = Key {
    path: "lifetimes.longest_session",
    kind: Kind::Seconds(60..=31_536_000),
    default: Some("2592000"),
    doc: "Longest lifetime of a browser session after a sign-in. The user then has to sign in again, even if the session is active. Applies to existing sessions, too.",
};
pub(crate) static SLIDING_SESSION: Key = Key {
    path: "lifetimes.sliding_session",
    kind: Kind::OneOf(&["true", "false"]),
    default: Some("false"),
    doc: "Whether to extend active sessions. A session that is used in the second half of its lifetime is extended by a full lifetime, but at most to `lifetimes.longest_session` after the sign-in. This writes a row. If false, a session ends after `lifetimes.session`, even if it is active.",
};
pub(crate) static DEVICE: Key = Key {
    path: "lifetimes.device",
    kind: Kind::Seconds(0..=31_536_000),
    default: Some("2592000"),
    doc: "How long a browser is trusted after its user completed the second factor and chose not to be asked again. 0 disables trusted devices.",
};
pub(crate) static REFRESH_LEEWAY: Key = Key {
    path: "lifetimes.refresh_leeway",
    kind: Kind::Seconds(0..=Lifetimes::LONGEST_LEEWAY.as_secs()),
    default: Some("30"),
    doc: "How long after a rotation the previous refresh token still returns the same successor. This covers a client that lost the response and two tabs of one browser. Later use counts as a replay.",
};
pub(crate) static SIGNING_ALGORITHM: Key = Key {
    path: "signing.algorithm",
    kind: Kind::OneOf(&["RS256", "ES256", "EdDSA"]),
    default: Some("RS256"),
    doc: "Algorithm that signs tokens, unless a client has its own. Every client can verify RS256. Signing with ES256 or EdDSA is about ten times faster.",
};
pub(crate) static ANNOUNCEMENT: Key = Key {
    path: "keys.announcement",
    kind: Kind::Seconds(0..=604_800),
    default: Some("300"),
    doc: "How long a new signing key is published before it signs, after `countersign keys rotate`. Set it to the longest time that clients cache the key set.",
};
pub(crate) static PROXY_HEADER: Key = Key {
    path: "proxy_header",
    kind: Kind::OneOf(&["x-forwarded-for", "forwarded", "proxy-protocol"]),
    default: Some("x-forwarded-for"),
    doc: "How reverse proxies name the client, if `proxies` is set: the header `X-Forwarded-For`, the header `Forwarded` (RFC 7239), or the PROXY protocol (version 1 or 2) of a proxy that forwards TCP. The server ignores the other headers, because clients can send them. With the PROXY protocol, the server closes connections without its header, so only the proxy may reach the server; set `proxies` to 1.",
};
pub(crate) static PROXIES: Key = Key {
    path: "proxies",
    kind: Kind::Count(0..=10),
    default: Some("0"),
    doc: "Number of reverse proxies between clients and the server. Each must append the address of its client to the header that `proxy_header` names. The server counts failed logins by client address. If the number is too small, all clients share one address. If it is too large, clients can forge their address.",
};
pub(crate) static SECOND_FACTOR: Key = Key {
    path: "login.second_factor",
    kind: Kind::OneOf(&["off", "optional", "required"]),
    default: Some("optional"),
    doc: "Whether users can set up a second factor or must do so to continue. `off` hides the setup pages; users with a second factor still need it to sign in.",
};
pub(crate) static REGISTRATION: Key = Key {
    path: "login.registration_client",
    kind: Kind::Text,
    default: None,
    doc: "`client_id` of the public client that receives the tokens of users whom a first-party client registers with `POST /v1/users` and the scope `user:management`. Without an access token, `POST /v1/users` registers users too, but does not reveal which addresses have an account. If not set, registration is disabled.",
};
pub(crate) static UNREGISTERED_SCOPE: Key = Key {
    path: "scope.unregistered",
    kind: Kind::OneOf(&["refuse", "ignore"]),
    default: Some("refuse"),
    doc: "What to do with a requested scope token that the client is not registered for. `refuse` responds with `invalid_scope`: the developer of the client notices at once. `ignore` leaves it out, for clients that request a fixed list of scope tokens; the token response names the granted scope. The server never grants unregistered scope. It always leaves out an unregistered `offline_access`. It always rejects a request with an unregistered `openid`, or with no registered scope token.",
};
pub(crate) static SEED: Key = Key {
    path: "seed",
    kind: Kind::OneOf(&["aero2"]),
    default: None,
    doc: "Authorization server to be compatible with. With `aero2`, every authorization request must use PKCE, even if the client is registered without it. If not set, the registration of the client decides.",
};
pub(crate) static MAIL_URL: Key = Key {
    path: "mail.url",
    kind: Kind::MailUrl,
    default: None,
    doc: "Mail server. `smtps://` uses TLS from the start. `smtp://` requires STARTTLS; `?tls=none` disables TLS, for a mail server on the same machine. `file:///folder` writes each message to a file, for development. If not set, the server does not send codes by email.",
};
pub(crate) static MAIL_FROM: Key = Key {
    path: "mail.from",
    kind: Kind::Text,
    default: None,
    doc: "Sender of email, such as `Example <login@example.org>`. Required with `mail.url`.",
};
pub(crate) static PAGES_NAME: Key = Key {
    path: "pages.name",
    kind: Kind::Text,
    default: Some("Countersign"),
    doc: "Name of the service, shown on every page, in page titles, in email and in passkey managers.",
};
pub(crate) static PAGES_LOGO: Key = Key {
    path: "pages.logo",
    kind: Kind::Image,
    default: None,
    doc: "Logo, shown next to the name.",
};
pub(crate) static PAGES_ACCENT: Key = Key {
    path: "pages.accent",
    kind: Kind::Color,
    default: Some("#2f4fd0"),
    doc: "Color of buttons in light mode.",
};
pub(crate) static PAGES_ACCENT_DARK: Key = Key {
    path: "pages.accent_dark",
    kind: Kind::Color,
    default: Some("#9db2ff"),
    doc: "Color of buttons in dark mode.",
};
pub(crate) static PAGES_LANGUAGE: Key = Key {
    path: "pages.language",
    kind: Kind::Text,
    default: Some("en"),
    doc: "Language for browsers that request none of the available languages.",
};
pub(crate) static PAGES_CATALOGUES: Key = Key {
    path: "pages.catalogues",
    kind: Kind::Path,
    default: None,
    doc: "Folder with translations, such as `fr.toml` for French. They extend or replace the built-in ones. [pages.md](pages.md) describes the format.",
};
pub(crate) static PAGES_SCOPES: Key = Key {
    path: "pages.scopes",
    kind: Kind::Path,
    default: None,
    doc: "TOML file with descriptions of scope tokens for the consent page: one table per token, one text per language.",
};
pub(crate) static OUTBOUND_PRIVATE_NETWORKS: Key = Key {
    path: "outbound.private_networks",
    kind: Kind::AnyOf(&[
        "back_channel_logout",
        "jwks_uri",
        "breached_passwords",
        "webhook",
    ]),
    default: None,
    doc: "Purposes for which the server may send requests to private networks: loopback, RFC 1918 (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16), shared (100.64.0.0/10) and unique local addresses (fc00::/7). By default, outbound requests can reach only public addresses. A client's URL therefore cannot reach internal services. Add `back_channel_logout` if clients with a back-channel logout URI run in your own network or on the same machine, `jwks_uri` if clients publish their keys there, `breached_passwords` if that service runs there, and `webhook` if webhooks have receivers there; their URLs may then use http. Link-local addresses, where cloud providers serve machine credentials, are always refused.",
};
pub(crate) static OUTBOUND_PROXY: Key = Key {
    path: "outbound.proxy",
    kind: Kind::ProxyUrl,
    default: None,
    doc: "HTTP proxy for all outbound requests. The proxy resolves host names itself, so it must refuse private networks. The server only checks URLs with an IP address or `localhost`. Environment variables such as `HTTPS_PROXY` are ignored.",
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
    doc: "Timeout for one outbound request, including name resolution, connection and the whole response.",
};
pub(crate) static METRICS_LISTEN: Key = Key {
    path: "metrics.listen",
    kind: Kind::Address,
    default: None,
    doc: "Address on which the server exposes Prometheus metrics at `/metrics`. If not set, metrics are disabled. Do not expose this address to the public.",
};
pub(crate) static LOG_LEVEL: Key = Key {
    path: "log.level",
    kind: Kind::OneOf(&["error", "warn", "info", "debug", "trace"]),
    default: Some("info"),
    doc: "Minimum level of log messages. The server logs to standard error.",
};
pub(crate) static LOG_FORMAT: Key = Key {
    path: "log.format",
    kind: Kind::OneOf(&["text", "json"]),
    default: Some("text"),
    doc: "Log format: human-readable text, or one JSON object per line.",
};
