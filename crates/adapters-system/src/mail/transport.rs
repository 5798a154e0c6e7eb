//! Mail transports.

use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use tokio::fs;
use url::Url;
use uuid::Uuid;

/// Invalid mail settings. The error does not repeat them, because they may contain a password.
#[derive(Debug, thiserror::Error)]
pub enum InvalidMailSettings {
    /// See [`SystemMailer::new`](super::SystemMailer::new).
    #[error("it must be smtps://host, smtp://host, smtp://host?tls=none or file:///folder")]
    Url,
    /// The password would travel in plaintext.
    #[error("a password must not be sent without TLS")]
    PasswordWithoutTls,
    /// Only one of user and password is set.
    #[error("a user without a password, or a password without a user")]
    HalfOfCredentials,
    /// TLS setup failed, for example without certificate authorities.
    #[error("cannot set up TLS")]
    Tls(#[source] lettre::transport::smtp::Error),
    /// The sender is not exactly one address.
    #[error("the sender must be one email address")]
    From,
}

pub(super) enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

impl Transport {
    /// Creates the transport for `url`. `name` is the host name for EHLO.
    pub(super) fn of(url: &str, name: &str) -> Result<Self, InvalidMailSettings> {
        let mut url = Url::parse(url).map_err(|_| InvalidMailSettings::Url)?;
        if url.scheme() == "file" && url.query().is_none() {
            let folder = url.to_file_path().map_err(|()| InvalidMailSettings::Url)?;
            return Ok(Self::Folder(folder));
        }
        if url.username().is_empty() != url.password().is_none() {
            return Err(InvalidMailSettings::HalfOfCredentials);
        }
        // The library does not support an IPv6 address in brackets.
        let has_host = url.host_str().is_some_and(|host| !host.starts_with('['));
        if !has_host || !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(InvalidMailSettings::Url);
        }
        match (url.scheme(), url.query()) {
            ("smtps", None) => {}
            // Without this parameter, the library uses no TLS.
            ("smtp", None) => url.set_query(Some("tls=required")),
            ("smtp", Some("tls=none")) if url.password().is_none() || is_this_machine(&url) => {
                url.set_query(None);
            }
            ("smtp", Some("tls=none")) => return Err(InvalidMailSettings::PasswordWithoutTls),
            _ => return Err(InvalidMailSettings::Url),
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())
            .map_err(InvalidMailSettings::Tls)?
            .hello_name(ClientId::Domain(name.to_owned()))
            .build();
        Ok(Self::Smtp(transport))
    }
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.parse::<Ipv4Addr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Checks that files can be written in a folder, or that the folder can be created. Leaves nothing behind.
pub(super) async fn check_folder(folder: &Path) -> io::Result<()> {
    let mut existing = folder.ancestors().filter(|own| own.is_dir());
    let folder = existing.next().unwrap_or(Path::new("."));
    let probe = folder.join(format!("{}.part", Uuid::now_v7()));
    fs::write(&probe, b"").await?;
    fs::remove_file(&probe).await
}

/// Writes a message to a folder and returns its path. The file names sort by time.
pub(super) async fn write_down(folder: &Path, id: Uuid, message: &[u8]) -> io::Result<PathBuf> {
    fs::create_dir_all(folder).await?;
    let path = folder.join(format!("{id}.eml"));
    let unfinished = path.with_extension("part");
    fs::write(&unfinished, message).await?;
    // Readers of the folder must see only complete messages.
    fs::rename(&unfinished, &path).await?;
    tracing::info!("wrote mail to {}", path.display());
    Ok(path)
}
