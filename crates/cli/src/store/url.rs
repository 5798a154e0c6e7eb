//! Store URLs.

use crate::config::scheme_and_host;
use countersign_domain::secret::Secret;
use std::fmt;
use std::path::{Path, PathBuf};

/// Parameters allowed in a database URL. An unknown parameter may be part of a password that was not percent-encoded,
/// so messages must not repeat it.
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

/// URL of a store. Its `Display` and `Debug` omit secret parts.
#[derive(Clone, Debug)]
pub(crate) enum StoreUrl {
    /// `sqlite:///path`.
    Sqlite(PathBuf),
    /// `postgres://..`, the complete URL, which may contain a password.
    Postgres(Secret),
}

impl StoreUrl {
    /// Parses a URL, without connecting.
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

    /// Returns the path of a SQLite file; `None` for PostgreSQL.
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
    fn only_sqlite_and_postgres_urls_are_parsed() {
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
    fn password_is_not_printed() {
        let url = StoreUrl::parse("postgres://jane:hush@db:5432/x?password=hush").unwrap();
        let printed = format!("{url} {url:?}");
        assert!(printed.contains("postgres://..@db:5432"), "{printed}");
        assert!(!printed.contains("hush"), "{printed}");
    }
}
