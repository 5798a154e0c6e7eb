//! Tokens of `countersign login`, in a file that only the operator can read.

use crate::command_error::CommandError;
use countersign_domain::secret::Secret;
use countersign_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Tokens for one server.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Login {
    pub(super) client_id: String,
    access_token: String,
    refresh_token: Option<String>,
    /// Expiry of the access token, in seconds since the Unix epoch.
    expires_at: u64,
}

/// Response of the token endpoint.
#[derive(Deserialize)]
pub(super) struct Tokens {
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
    expires_in: u64,
}

impl Login {
    /// Creates the login from a token response that arrived at `now`. Keeps the earlier refresh token if the response
    /// has none (RFC 6749 section 6).
    pub(super) fn new(
        client_id: &str,
        tokens: Tokens,
        earlier: Option<&Self>,
        now: Timestamp,
    ) -> Self {
        Self {
            client_id: client_id.to_owned(),
            access_token: tokens.access_token,
            refresh_token: tokens
                .refresh_token
                .or_else(|| earlier.and_then(|own| own.refresh_token.clone())),
            expires_at: now.as_unix_seconds().saturating_add(tokens.expires_in),
        }
    }

    /// Returns the access token, unless it expires within ten seconds.
    pub(super) fn access_token(&self, now: Timestamp) -> Option<Secret> {
        let is_valid = self.expires_at > now.as_unix_seconds().saturating_add(10);
        is_valid.then(|| Secret::new(&self.access_token))
    }

    /// Returns the refresh token.
    pub(super) fn refresh_token(&self) -> Option<Secret> {
        self.refresh_token.as_deref().map(Secret::new)
    }
}

impl Tokens {
    /// Returns the access token.
    pub(super) fn access_token(&self) -> Secret {
        Secret::new(&self.access_token)
    }
}

/// Logins by issuer.
pub(super) struct Logins {
    file: PathBuf,
    all: BTreeMap<String, Login>,
}

impl Logins {
    /// Reads the logins of this operator.
    pub(super) fn read() -> Result<Self, CommandError> {
        let folder = env::var_os("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute())
            .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".config")));
        let folder = folder.ok_or_else(|| {
            CommandError::usage("Set HOME or XDG_CONFIG_HOME: the file with the logins is there.")
        })?;
        Self::read_from(folder.join("countersign/logins.json"))
    }

    fn read_from(file: PathBuf) -> Result<Self, CommandError> {
        let all = match fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| {
                CommandError::usage(format!(
                    "{} is damaged ({error}). Delete it and sign in again.",
                    file.display()
                ))
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(cannot("read", &file, &error)),
        };
        Ok(Self { file, all })
    }

    /// Returns the login at a server.
    pub(super) fn at(&self, issuer: &str) -> Option<&Login> {
        self.all.get(issuer)
    }

    /// Stores a login.
    pub(super) fn keep(&mut self, issuer: &str, login: Login) -> Result<(), CommandError> {
        self.all.insert(issuer.to_owned(), login);
        self.write()
    }

    /// Removes the login at a server.
    pub(super) fn remove(&mut self, issuer: &str) -> Result<(), CommandError> {
        self.all.remove(issuer);
        self.write()
    }

    /// Replaces the file at once. Only its owner can read it.
    fn write(&self) -> Result<(), CommandError> {
        let written = || {
            let folder = self.file.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder)?;
            // `tempfile` creates files that only their owner can read.
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(&serde_json::to_vec_pretty(&self.all)?)?;
            file.persist(&self.file)?;
            Ok(())
        };
        written().map_err(|error| cannot("write", &self.file, &error))
    }
}

fn cannot(what: &str, file: &Path, error: &io::Error) -> CommandError {
    CommandError::of(&format!("Cannot {what} {}", file.display()), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_000);

    fn tokens(refresh: Option<&str>) -> Tokens {
        Tokens {
            access_token: "access".to_owned(),
            refresh_token: refresh.map(str::to_owned),
            expires_in: 60,
        }
    }

    #[test]
    fn login_is_kept_in_a_file_only_its_owner_can_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("countersign/logins.json");
        let mut logins = Logins::read_from(file.clone()).unwrap();
        let login = Login::new("cli", tokens(Some("refresh")), None, NOW);
        logins.keep("https://id.example", login).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let mut logins = Logins::read_from(file).unwrap();
        assert!(logins.at("https://id.example").is_some());
        assert!(logins.at("https://other.example").is_none());
        logins.remove("https://id.example").unwrap();
        assert!(logins.at("https://id.example").is_none());
    }

    #[test]
    fn expired_access_token_is_not_used_and_refresh_token_is_kept() {
        let first = Login::new("cli", tokens(Some("refresh")), None, NOW);
        assert!(first.access_token(NOW).is_some());
        let late = Timestamp::from_unix_seconds(1_051);
        assert!(first.access_token(late).is_none());
        let next = Login::new("cli", tokens(None), Some(&first), late);
        let kept = next.refresh_token();
        assert_eq!(kept.as_ref().map(Secret::expose_secret), Some("refresh"));
    }
}
