//! The values as types.

use crate::config::key::{Key, Kind};
use crate::config::keys;
use crate::config::outbound::Outbound;
use crate::config::pages::PageOptions;
use crate::config::sources::{Values, must_be};
use crate::store::StoreUrl;
use countersign_adapters_postgres::Options;
use countersign_domain::client::ClientId;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::lifetimes::Lifetimes;
use countersign_domain::tenant::{Tenant, TenantId, TenantSettings};
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Everything that can be configured. What has no default is optional here; who needs it asks by a
/// method that says how to set it.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Where the server listens.
    pub(crate) listen: SocketAddr,
    /// How many connections may be open at once.
    pub(crate) connections: usize,
    /// How long the server goes on after the signal to stop, no longer ready.
    pub(crate) drain: Duration,
    /// `iss`.
    pub(crate) issuer: Option<String>,
    /// Where the store is.
    pub(crate) store: Option<StoreUrl>,
    /// How a database is used.
    pub(crate) store_options: Options,
    /// How long clients are remembered while the store does not answer.
    pub(crate) outage_grace: Duration,
    /// Whether commands bring the store to the layout of this version.
    pub(crate) migrate_at_start: bool,
    /// Whether the server removes what has expired.
    pub(crate) housekeeping: bool,
    /// Where the master key is.
    pub(crate) master_key: Option<MasterKeySource>,
    /// Server-wide lifetimes.
    pub(crate) lifetimes: Lifetimes,
    /// Whether a session that is used goes on.
    pub(crate) sliding_session: bool,
    /// How many proxies stand in front.
    pub(crate) proxies: usize,
    /// Whether users have a second factor.
    pub(crate) second_factor: MfaPolicy,
    /// The client of people who make an account of their own, if they may.
    pub(crate) registration_client: Option<ClientId>,
    /// How mail is sent, if it is.
    pub(crate) mail: Option<Mail>,
    /// How pages look, and what they say.
    pub(crate) pages: PageOptions,
    /// For clients without one of their own.
    pub(crate) signing_algorithm: SigningAlgorithm,
    /// How long a new signing key is published before it signs.
    pub(crate) announcement: Duration,
    /// Requests to URLs that others name.
    pub(crate) outbound: Outbound,
    /// Where metrics are served; `None` for nowhere.
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// What is logged, and how.
    pub(crate) log: Log,
}

/// Where a master key is to be had.
#[derive(Clone, Debug)]
pub(crate) enum MasterKeySource {
    /// In a file.
    File(PathBuf),
    /// In the configuration.
    Value(Secret),
}

/// How mail is sent.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    /// Where it is handed over.
    pub(crate) url: Secret,
    /// Its sender.
    pub(crate) from: String,
}

/// What is logged, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log {
    /// The least important level that is logged.
    pub(crate) level: tracing::Level,
    /// One JSON object a line, instead of text.
    pub(crate) json: bool,
}

impl Settings {
    /// Reads all values; the error is every problem, one sentence each.
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

    /// The one tenant of this server. Without an issuer its issuer is empty.
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
                registration_client: self.registration_client.clone(),
            },
        }
    }

    /// What `serve` still needs, one sentence each.
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

/// What to do about a missing issuer.
pub(crate) const MISSING_ISSUER: &str = "`issuer` is not set. Set it to the URL that clients will know this server by, such as https://id.example.org.";
/// What to do about a missing store.
pub(crate) const MISSING_STORE: &str = "`store.url` is not set. Set it to sqlite:///path or postgres://user:password@host/database, in a file given by --config or as COUNTERSIGN__STORE__URL.";
/// What to do about a missing master key.
pub(crate) const MISSING_MASTER_KEY: &str = "`master_key_file` is not set. Make a key with `countersign keys generate-master`, keep it in a file of mode 0600 and set `master_key_file` to its path.";

pub(super) struct Reader<'a> {
    values: &'a Values,
    problems: Vec<String>,
}

impl Reader<'_> {
    /// Reads every key, whatever is wrong with those before it, so that all problems come out at once.
    fn settings(&mut self) -> Option<Settings> {
        let listen = self.read(&keys::LISTEN, |text| text.parse().ok());
        let connections = self.count(&keys::CONNECTIONS);
        let drain = self.seconds(&keys::DRAIN);
        let issuer = self.read(&keys::ISSUER, |text| {
            is_issuer(text).then(|| text.to_owned())
        });
        let store = self.read(&keys::STORE_URL, StoreUrl::parse);
        let pool_size = self.count(&keys::STORE_POOL_SIZE);
        let acquire_timeout = self.seconds(&keys::STORE_ACQUIRE_TIMEOUT);
        let statement_timeout = self.seconds(&keys::STORE_STATEMENT_TIMEOUT);
        let outage_grace = self.seconds(&keys::STORE_OUTAGE_GRACE);
        let migrate_at_start = self.word(&keys::STORE_MIGRATE_AT_START, |text| text.parse().ok());
        let housekeeping = self.word(&keys::STORE_HOUSEKEEPING, |text| text.parse().ok());
        let master_key = self.master_key();
        let access_token = self.seconds(&keys::ACCESS_TOKEN);
        let id_token = self.seconds(&keys::ID_TOKEN);
        let refresh_token = self.seconds(&keys::REFRESH_TOKEN);
        let authorization_code = self.seconds(&keys::AUTHORIZATION_CODE);
        let login = self.seconds(&keys::LOGIN);
        let session = self.seconds(&keys::SESSION);
        let sliding_session = self.word(&keys::SLIDING_SESSION, |text| text.parse().ok());
        let device = self.seconds(&keys::DEVICE);
        let refresh_leeway = self.seconds(&keys::REFRESH_LEEWAY);
        let signing_algorithm = self.word(&keys::SIGNING_ALGORITHM, SigningAlgorithm::parse);
        let announcement = self.seconds(&keys::ANNOUNCEMENT);
        let proxies = self.count(&keys::PROXIES);
        let second_factor = self.word(&keys::SECOND_FACTOR, MfaPolicy::parse);
        let registration_client = self.read(&keys::REGISTRATION, |text| ClientId::parse(text).ok());
        let mail = self.mail();
        let pages = self.pages();
        let outbound = self.outbound();
        let metrics_listen = self.read(&keys::METRICS_LISTEN, |text| text.parse().ok());
        let level = self.word(&keys::LOG_LEVEL, |text| text.parse().ok());
        let json = self.word(&keys::LOG_FORMAT, |text| Some(text == "json"));
        Some(Settings {
            listen: listen?,
            connections: connections?,
            drain: drain?,
            issuer,
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
            lifetimes: Lifetimes {
                access_token: access_token?,
                id_token: id_token?,
                refresh_token: refresh_token?,
                authorization_code: authorization_code?,
                login: login?,
                session: session?,
                device: device?,
                refresh_leeway: refresh_leeway?,
            },
            sliding_session: sliding_session?,
            proxies: proxies?,
            second_factor: second_factor?,
            registration_client,
            mail,
            pages: pages?,
            signing_algorithm: signing_algorithm?,
            announcement: announcement?,
            outbound: outbound?,
            metrics_listen,
            log: Log {
                level: level?,
                json: json?,
            },
        })
    }

    pub(super) fn read<T>(
        &mut self,
        key: &Key,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let (text, origin) = self.values.get(key)?;
        let value = parse(text);
        if value.is_none() {
            self.problems.push(must_be(key, &origin));
        }
        value
    }

    pub(super) fn seconds(&mut self, key: &Key) -> Option<Duration> {
        self.read(key, |text| {
            let seconds = text.parse().ok()?;
            let Kind::Seconds(range) = &key.kind else {
                return None;
            };
            range
                .contains(&seconds)
                .then_some(Duration::from_secs(seconds))
        })
    }

    fn count(&mut self, key: &Key) -> Option<usize> {
        self.read(key, |text| {
            let count: u64 = text.parse().ok()?;
            let Kind::Count(range) = &key.kind else {
                return None;
            };
            range.contains(&count).then_some(count)?.try_into().ok()
        })
    }

    fn word<T>(&mut self, key: &Key, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.read(key, |text| match key.kind {
            Kind::OneOf(words) if words.contains(&text) => parse(text),
            _ => None,
        })
    }

    fn mail(&mut self) -> Option<Mail> {
        let url = self.read(&keys::MAIL_URL, |text| Some(Secret::new(text)));
        let from = self.read(&keys::MAIL_FROM, |text| Some(text.to_owned()));
        match (url, from) {
            (Some(url), Some(from)) => Some(Mail { url, from }),
            (None, None) => None,
            (Some(_), None) => {
                self.problems
                    .push("`mail.url` needs `mail.from`, the sender.".into());
                None
            }
            (None, Some(_)) => {
                self.problems
                    .push("`mail.from` is of no use without `mail.url`.".into());
                None
            }
        }
    }

    fn pages(&mut self) -> Option<PageOptions> {
        let line = |text: &str| (!text.contains(char::is_control)).then(|| text.to_owned());
        let name = self.read(&keys::PAGES_NAME, line);
        let logo = self.read(&keys::PAGES_LOGO, |text| text.parse().ok());
        let accent = self.read(&keys::PAGES_ACCENT, |text| text.parse().ok());
        let accent_dark = self.read(&keys::PAGES_ACCENT_DARK, |text| text.parse().ok());
        let language = self.read(&keys::PAGES_LANGUAGE, line);
        let catalogues = self.read(&keys::PAGES_CATALOGUES, |text| Some(text.into()));
        let scopes = self.read(&keys::PAGES_SCOPES, |text| Some(text.into()));
        Some(PageOptions::new(
            (name?, logo),
            (accent?, accent_dark?),
            language?,
            (catalogues, scopes),
        ))
    }

    fn master_key(&mut self) -> Option<MasterKeySource> {
        let file = self.values.get(&keys::MASTER_KEY_FILE);
        let value = self.values.get(&keys::MASTER_KEY);
        match (file, value) {
            (Some((_, file)), Some((_, value))) => {
                self.problems.push(format!(
                    "`master_key_file` ({file}) and `master_key` ({value}) are both set. Set one of them."
                ));
                None
            }
            (Some((path, _)), None) => Some(MasterKeySource::File(path.into())),
            (None, Some((key, _))) => Some(MasterKeySource::Value(Secret::new(key))),
            (None, None) => None,
        }
    }
}

/// RFC 8414 section 2, and no path: its document would have to be served under another address (section
/// 3). What it has in common with a redirect URI (absolute, ASCII, https but for this machine, no user
/// information, no fragment) is judged as one.
fn is_issuer(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| !host.contains(['/', '?'])) && RedirectUri::parse(text).is_ok()
}
