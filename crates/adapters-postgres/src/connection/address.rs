//! Database URL: hosts, TLS, and connection settings.

use crate::connection::tls::{Tls, TlsMode};
use countersign_adapters_sql::columns::Failure;
use percent_encoding::percent_decode_str;
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, Connection, Socket};

/// Error in a URL. It never contains the URL, which may have a password.
#[derive(Debug, thiserror::Error)]
enum BadAddress {
    #[error("a PostgreSQL URL must start with postgres://")]
    Scheme,
    #[error("sslmode must be disable, prefer, require or verify-full")]
    Mode,
    #[error("sslmode=verify-full requires sslrootcert, a CA file; no other sslmode allows it")]
    RootCertificate,
    #[error("sslrootcert must be a path in percent-encoded UTF-8")]
    Encoding,
}

/// Parsed URL. It does not implement `Debug`, because it contains a password.
#[derive(Clone)]
pub(crate) struct Address {
    config: Config,
    tls: Tls,
}

impl Address {
    /// Parses a URL as libpq does. Supports `sslmode=verify-full` and `sslrootcert` in addition to the parameters of
    /// `tokio-postgres`. Several hosts are tried in turn, all within `patience`.
    pub(crate) fn parse(url: &str, patience: Duration) -> Result<Self, Failure> {
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(BadAddress::Scheme.into());
        }
        let (place, parameters) = url.split_once('?').unwrap_or((url, ""));
        let mut mode = None;
        let mut root_certificate = None;
        let mut others = Vec::new();
        for parameter in parameters
            .split('&')
            .filter(|parameter| !parameter.is_empty())
        {
            match parameter.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => {
                    let file = percent_decode_str(value).decode_utf8();
                    root_certificate = Some(file.map_err(|_| BadAddress::Encoding)?);
                }
                _ => others.push(parameter),
            }
        }
        let mut config = Config::from_str(&format!("{place}?{}", others.join("&")))?;
        let (ssl_mode, tls_mode) = match (mode, &root_certificate) {
            (Some("disable"), None) => (SslMode::Disable, TlsMode::Unverified),
            (None | Some("prefer"), None) => (SslMode::Prefer, TlsMode::Unverified),
            (Some("require"), None) => (SslMode::Require, TlsMode::Unverified),
            (Some("verify-full"), Some(file)) => {
                (SslMode::Require, TlsMode::VerifyFull(Path::new(&**file)))
            }
            (None | Some("disable" | "prefer" | "require" | "verify-full"), _) => {
                return Err(BadAddress::RootCertificate.into());
            }
            (Some(_), _) => return Err(BadAddress::Mode.into()),
        };
        config.ssl_mode(ssl_mode);
        if config.get_application_name().is_none() {
            config.application_name("countersign");
        }
        if config.get_connect_timeout().is_none() {
            // A host that does not respond must leave time for the next one.
            let hosts = config
                .get_hosts()
                .len()
                .max(config.get_hostaddrs().len())
                .max(1);
            config.connect_timeout(patience / u32::try_from(hosts)?);
        }
        let tls = Tls::new(&tls_mode)?;
        Ok(Self { config, tls })
    }

    /// Connects. Returns the client, and the connection to poll.
    pub(crate) async fn connect(
        &self,
    ) -> Result<(Client, Connection<Socket, crate::connection::tls::Stream>), tokio_postgres::Error>
    {
        self.config.connect(self.tls.clone()).await
    }

    /// Returns the address with keepalives, for a connection that is silent for long and must detect a lost peer.
    pub(crate) fn for_listening(&self) -> Self {
        let mut address = self.clone();
        address
            .config
            .keepalives_idle(Duration::from_secs(5))
            .keepalives_interval(Duration::from_secs(2))
            .keepalives_retries(3);
        address
    }
}
