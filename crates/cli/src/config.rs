//! Configuration from defaults, a file and the environment, in ascending order of precedence.

mod admin_keys;
mod administration;
mod device_keys;
#[cfg(test)]
mod docs;
mod key;
mod keys;
mod lifetimes;
mod mail;
mod master_key;
mod outbound;
mod pages;
mod reader;
mod registration;
mod scheduled;
mod settings;
mod sources;
mod table;
mod tenants;
#[cfg(test)]
mod tests;

pub(crate) use mail::mailer;
pub(crate) use master_key::MasterKeySource;
pub(crate) use scheduled::{Destination, Scheduled, SyslogAddress};
pub(crate) use settings::{Log, MISSING_ISSUER, MISSING_MASTER_KEY, MISSING_STORE, Settings};
pub(crate) use sources::{Values, scheme_and_host, shown};
pub(crate) use table::TABLE;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Environment variable that names the configuration file, unless `--config` is given.
pub(crate) const FILE_VARIABLE: &str = "COUNTERSIGN_CONFIG";

/// Collects the configuration values of this process.
///
/// Reads `file` (`--config`) or the file that [`FILE_VARIABLE`] names, if any, and then the environment.
pub(crate) fn values(file: Option<&Path>) -> Values {
    let named = || std::env::var_os(FILE_VARIABLE).filter(|name| !name.is_empty());
    let file = file
        .map(Path::to_owned)
        .or_else(|| named().map(PathBuf::from));
    let environment: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    Values::read(file.as_deref(), environment)
}
