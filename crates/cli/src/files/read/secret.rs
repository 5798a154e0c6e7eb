//! Where a client secret comes from.

use super::folder::bounded;
use super::mistake::Place;
use countersign_domain::secret::Secret;
use std::env;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Reference to a secret. It is read only when the server needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretSource {
    /// File.
    File(PathBuf),
    /// Environment variable.
    Variable(String),
}

impl SecretSource {
    /// Parses a reference. A relative path belongs to the folder of the file that names it.
    pub(super) fn parse(reference: &str, place: &Place) -> Option<Self> {
        match reference.split_once(':') {
            Some(("file", path)) if !path.is_empty() => {
                let folder = Path::new(&*place.file).parent();
                Some(Self::File(folder.unwrap_or(Path::new("")).join(path)))
            }
            Some(("env", name)) if !name.is_empty() => Some(Self::Variable(name.to_owned())),
            _ => None,
        }
    }

    /// Reads the secret, without the line feed at its end. The error names the rule.
    pub(crate) fn read(&self) -> Result<Secret, String> {
        let text = match self {
            Self::File(path) => {
                let opened = File::open(path).map_err(|error| {
                    format!("client_secret: cannot read {}: {error}", path.display())
                })?;
                bounded(opened, path)
                    .map_err(|error| format!("client_secret: {}", error.message))?
            }
            Self::Variable(name) => env::var(name).map_err(|_| {
                format!("client_secret: the environment variable {name:?} is not set")
            })?,
        };
        Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
    }
}
