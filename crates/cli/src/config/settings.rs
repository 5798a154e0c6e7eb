//! Typed settings.

use crate::config::admin_keys;
use crate::config::keys;
use crate::config::mail::{Mail, keys as mail_keys};
use crate::config::master_key::MasterKeySource;
use crate::config::outbound::Outbound;
use crate::config::pages::PageOptions;
use crate::config::reader::Reader;
use crate::config::scheduled::{Destination, Scheduled};
use crate::config::sources::Values;
use crate::server::ProxyHeader;
use crate::store::StoreUrl;
use countersign_adapters_store::Options;
use countersign_application::OwnHosts;
use countersign_domain::authorize::policy::RequestPolicy;
use countersign_domain::client::ClientId;
use countersign_domain::client::dynamic::policy::RegistrationPolicy;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::scope::UnregisteredScope;
use countersign_domain::tenant::branding::Branding;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::tenant::limits::TenantLimits;
use countersign_domain::tenant::recovery::RecoveryPolicy;
use countersign_domain::tenant::sign_up::SignUpPolicy;
use countersign_domain::tenant::{Tenant, TenantId, TenantSettings};
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_server_admin::SeedApis;
use std::net::SocketAddr;
use std::time::Duration;

/// All settings. Settings without a default are optional here; their users check for them and report how to set them.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate key")]
pub(crate) struct Settings {
    /// Address to listen on.
    pub(crate) listen: SocketAddr,
    /// Maximum number of open connections.
    pub(crate) connections: usize,
    /// Maximum number of open connections per client address.
    pub(crate) connections_per_address: usize,
    /// How long the server keeps serving after a shutdown signal, while it reports that it is not ready.
    pub(crate) drain: Duration,
    /// Issuer URL.
    pub(crate) issuer: Option<String>,
    /// Hosts of the server.
    pub(crate) hosts: OwnHosts,
    /// Location of the store.
    pub(crate) store: Option<StoreUrl>,
    /// Options for PostgreSQL.
    pub(crate) store_options: Options,
    /// How long cached clients stay valid while the store is unavailable.
    pub(crate) outage_grace: Duration,
    /// Whether commands apply schema migrations.
    pub(crate) migrate_at_start: bool,
    /// Whether the server deletes expired rows.
    pub(crate) housekeeping: bool,
    /// Source of the master key.
    pub(crate) master_key: Option<MasterKeySource>,
    /// Default lifetimes.
    pub(crate) lifetimes: Lifetimes,
    /// Whether active sessions are extended.
    pub(crate) sliding_session: bool,
    /// Number of reverse proxies in front of the server.
    pub(crate) proxies: usize,
    /// How reverse proxies name the client.
    pub(crate) proxy_header: ProxyHeader,
    /// Second-factor policy.
    pub(crate) second_factor: MfaPolicy,
    /// Client that receives the tokens of users who register, if registration is enabled.
    pub(crate) registration_client: Option<ClientId>,
    /// Policy for clients that register themselves.
    pub(crate) client_registration: RegistrationPolicy,
    /// Settings of recovery, mailed links and security notices.
    pub(crate) recovery: RecoveryPolicy,
    /// Settings of sign-up on the pages.
    pub(crate) sign_up: SignUpPolicy,
    /// Upstream providers that alone may sign users in.
    pub(crate) upstream_only: Vec<ProviderName>,
    /// URL of the service that knows breached passwords.
    pub(crate) breached_passwords: Option<String>,
    /// Policy for the requests of clients.
    pub(crate) requests: RequestPolicy,
    /// Mail settings, if mail is enabled.
    pub(crate) mail: Option<Mail>,
    /// Page settings.
    pub(crate) pages: PageOptions,
    /// Signing algorithm for clients without their own.
    pub(crate) signing_algorithm: SigningAlgorithm,
    /// How long a new signing key is published before it signs.
    pub(crate) announcement: Duration,
    /// Settings of what the server does on a schedule.
    pub(crate) scheduled: Scheduled,
    /// Where events of the audit log are sent.
    pub(crate) forward: Option<Destination>,
    /// Settings for requests to URLs that clients and users provide.
    pub(crate) outbound: Outbound,
    /// Whether the server serves the admin API.
    pub(crate) serves_admin_api: bool,
    /// APIs of other servers that the server serves.
    pub(crate) seed_apis: SeedApis,
    /// Maximum number of requests to the admin API per operator and minute.
    pub(crate) admin_requests: u32,
    /// Address for metrics; `None` disables them.
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// Log settings.
    pub(crate) log: Log,
}

/// Log settings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log {
    /// Minimum level.
    pub(crate) level: tracing::Level,
    /// Whether to log one JSON object per line instead of text.
    pub(crate) json: bool,
}

impl Settings {
    /// Parses all values. The error lists every problem, one message each.
    pub(crate) fn from_values(values: &Values) -> Result<Self, Vec<String>> {
        let mut reader = Reader {
            values,
            problems: values.problems.clone(),
        };
        let settings = reader.settings();
        match settings {
            Some(settings) if reader.problems.is_empty() => Ok(settings),
            _ => Err(reader.problems),
        }
    }

    /// Returns the only tenant of this server. Its issuer is empty if `issuer` is not set.
    pub(crate) fn tenant(&self) -> Tenant {
        Tenant {
            id: TenantId::SINGLE,
            issuer: self.issuer.clone().unwrap_or_default(),
            settings: TenantSettings {
                name: self.pages.theme.name.clone(),
                lifetimes: self.lifetimes,
                signing_algorithm: self.signing_algorithm,
                mfa: self.second_factor,
                sliding_sessions: self.sliding_session,
                requests: self.requests,
                registration_client: self.registration_client.clone(),
                client_registration: self.client_registration.clone(),
                recovery: self.recovery,
                sign_up: self.sign_up.clone(),
                upstream_only: self.upstream_only.clone(),
                branding: Branding::default(),
                limits: TenantLimits::default(),
            },
        }
    }

    /// Returns one message for each missing setting that `serve` requires.
    pub(crate) fn missing_for_serving(&self) -> Vec<String> {
        let needed = [
            (self.issuer.is_none(), MISSING_ISSUER),
            (self.store.is_none(), MISSING_STORE),
            (self.master_key.is_none(), MISSING_MASTER_KEY),
        ];
        needed
            .into_iter()
            .filter(|(is_missing, _)| *is_missing)
            .map(|(_, sentence)| sentence.to_owned())
            .collect()
    }
}

/// Message for a missing issuer.
pub(crate) const MISSING_ISSUER: &str =
    "`issuer` is not set. Set it to the public URL of this server, such as https://id.example.org.";
/// Message for a missing store.
pub(crate) const MISSING_STORE: &str = "`store.url` is not set. Set it to sqlite:///path or postgres://user:password@host/database, in the file given by --config or in the environment variable COUNTERSIGN__STORE__URL.";
/// Message for a missing master key.
pub(crate) const MISSING_MASTER_KEY: &str = "`master_key_file` is not set. Generate a key with `countersign keys generate-master`, save it in a file with mode 0600 and set `master_key_file` to its path.";

impl Reader<'_> {
    /// Parses every key, even after an error, to report all problems at once.
    fn settings(&mut self) -> Option<Settings> {
        let listen = self.read(&keys::LISTEN, |text| text.parse().ok());
        let connections = self.count(&keys::CONNECTIONS);
        let connections_per_address = self.count(&keys::CONNECTIONS_PER_ADDRESS);
        let drain = self.seconds(&keys::DRAIN);
        let issuer = self.read(&keys::ISSUER, |text| {
            is_issuer(text).then(|| text.to_owned())
        });
        let hosts = self.hosts();
        let store = self.read(&keys::STORE_URL, StoreUrl::parse);
        let pool_size = self.count(&keys::STORE_POOL_SIZE);
        let acquire_timeout = self.seconds(&keys::STORE_ACQUIRE_TIMEOUT);
        let statement_timeout = self.seconds(&keys::STORE_STATEMENT_TIMEOUT);
        let outage_grace = self.seconds(&keys::STORE_OUTAGE_GRACE);
        let migrate_at_start = self.word(&keys::STORE_MIGRATE_AT_START, |text| text.parse().ok());
        let housekeeping = self.word(&keys::STORE_HOUSEKEEPING, |text| text.parse().ok());
        let master_key = self.master_key();
        let lifetimes = self.lifetimes();
        let sliding_session = self.word(&keys::SLIDING_SESSION, |text| text.parse().ok());
        let signing_algorithm = self.word(&keys::SIGNING_ALGORITHM, SigningAlgorithm::parse);
        let announcement = self.seconds(&keys::ANNOUNCEMENT);
        let scheduled = self.scheduled();
        let forward = self.forward();
        let proxies = self.count(&keys::PROXIES);
        let proxy_header = self.word(&keys::PROXY_HEADER, ProxyHeader::named);
        // Otherwise all clients would have the address of the proxy, and their requests would not parse.
        if (proxies, proxy_header) == (Some(0), Some(ProxyHeader::ProxyProtocol)) {
            let problem = "`proxy_header` is `proxy-protocol`, but `proxies` is 0. Set `proxies` to 1, or remove `proxy_header`.";
            self.problems.push(problem.to_owned());
        }
        let second_factor = self.word(&keys::SECOND_FACTOR, MfaPolicy::parse);
        let registration_client = self.read(&keys::REGISTRATION, |text| ClientId::parse(text).ok());
        let client_registration = self.registration(issuer.as_deref());
        let recovery = self.recovery();
        let sign_up = self.sign_up();
        let provider = |name: &str| ProviderName::parse(name).ok();
        let upstream_only = self.list(&mail_keys::UPSTREAM_ONLY, provider);
        let breached_passwords = self.breached_passwords();
        let unregistered_scope = self.word(&keys::UNREGISTERED_SCOPE, UnregisteredScope::parse);
        let pkce_for_all = self.word(&keys::SEED, |seed| Some(seed == "aero2"));
        let mail = self.mail();
        let pages = self.pages();
        let outbound = self.outbound();
        let serves_admin_api = self.word(&admin_keys::ADMIN_API, |text| text.parse().ok());
        let admin_requests = self.count(&admin_keys::ADMIN_REQUESTS);
        let admin_requests = admin_requests.and_then(|count| count.try_into().ok());
        let seed_apis = self.seed_apis();
        let metrics_listen = self.read(&keys::METRICS_LISTEN, |text| text.parse().ok());
        let log = self.log();
        Some(Settings {
            listen: listen?,
            connections: connections?,
            connections_per_address: connections_per_address?,
            drain: drain?,
            issuer,
            hosts,
            store,
            store_options: Options {
                pool_size: pool_size?,
                acquire_timeout: acquire_timeout?,
                statement_timeout: statement_timeout?,
            },
            outage_grace: outage_grace?,
            migrate_at_start: migrate_at_start?,
            housekeeping: housekeeping?,
            master_key,
            lifetimes: lifetimes?,
            sliding_session: sliding_session?,
            proxies: proxies?,
            proxy_header: proxy_header?,
            second_factor: second_factor?,
            registration_client,
            client_registration: client_registration?,
            recovery: recovery?,
            sign_up: sign_up?,
            upstream_only: upstream_only.unwrap_or_default(),
            breached_passwords,
            requests: RequestPolicy {
                pkce_for_all: pkce_for_all.unwrap_or_default(),
                unregistered_scope: unregistered_scope?,
            },
            mail,
            pages: pages?,
            signing_algorithm: signing_algorithm?,
            announcement: announcement?,
            scheduled,
            forward,
            outbound: outbound?,
            serves_admin_api: serves_admin_api?,
            seed_apis,
            admin_requests: admin_requests?,
            metrics_listen,
            log: log?,
        })
    }

    fn log(&mut self) -> Option<Log> {
        let level = self.word(&keys::LOG_LEVEL, |text| text.parse().ok());
        let json = self.word(&keys::LOG_FORMAT, |text| Some(text == "json"));
        Some(Log {
            level: level?,
            json: json?,
        })
    }
}

/// Returns whether a text is a valid issuer (RFC 8414 section 2) without a path, which would move the metadata (section
/// 3).
///
/// The redirect URI parser checks the shared rules: absolute, ASCII, https except on loopback hosts, no user
/// information, no fragment.
fn is_issuer(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| !host.contains(['/', '?'])) && RedirectUri::parse(text).is_ok()
}
