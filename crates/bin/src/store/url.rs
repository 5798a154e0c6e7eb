//! Where a store is.

use crate::config::scheme_and_host;
use countersign_domain::secret::Secret;
use std::fmt;
use std::path::{Path, PathBuf};

/// Parameters that may stand in the URL of a database. Any other may be a piece of a password that was not
/// percent-encoded, which no message is to repeat.
const PARAMETERS: &[&str] = &[
    "application_name",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// The place of a store. It prints without what may be secret.
#[derive(Clone, Debug)]
pub(crate) enum StoreUrl {
    /// `sqlite:///path`.
    Sqlite(PathBuf),
    /// `postgres://..`, whole: there may be a password in it.
    Postgres(Secret),
}

impl StoreUrl {
    /// Understands a URL as far as it can be without connecting.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            let is_file = path.starts_with('/') && !path.ends_with('/');
            return is_file.then(|| Self::Sqlite(path.into()));
        }
        let rest = url
            .strip_prefix("postgres://")
            .or_else(|| url.strip_prefix("postgresql://"))?;
        let (_, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let is_known = |parameter: &str| {
            parameter.is_empty()
                || parameter
                    .split_once('=')
                    .is_some_and(|(name, _)| PARAMETERS.contains(&name))
        };
        parameters
            .split('&')
            .all(is_known)
            .then(|| Self::Postgres(Secret::new(url)))
    }

    /// The file, if it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(url) => f.write_str(&scheme_and_host(url.expose_secret())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_of_either_store_is_understood_and_no_other() {
        for url in [
            "sqlite:///var/lib/x.db",
            "postgres://db/x",
            "postgresql://jane:hush@one:5432,two/x?target_session_attrs=read-write",
            "postgres:///x?host=/run/postgresql&sslmode=disable",
        ] {
            assert!(StoreUrl::parse(url).is_some(), "{url}");
        }
        for url in [
            "",
            "x.db",
            "sqlite://x.db",
            "sqlite:///var/",
            "mysql://db/x",
            "postgres:db",
            "postgres://jane:hu?sh@db/x",
            "postgres://jane:hu?sh=1@db/x",
        ] {
            assert!(StoreUrl::parse(url).is_none(), "{url}");
        }
    }

    #[test]
    fn a_password_is_not_printed() {
        let url = StoreUrl::parse("postgres://jane:hush@db:5432/x?password=hush").unwrap();
        let printed = format!("{url} {url:?}");
        assert!(printed.contains("postgres://..@db:5432"), "{printed}");
        assert!(!printed.contains("hush"), "{printed}");
    }
}
