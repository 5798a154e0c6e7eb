//! What `serve` needs to start: the same steps, without their effects.

use crate::command_error::{CommandError, Exit};
use crate::commands::setup::{Setup, master_keys, outdated};
use crate::config::{Settings, mailer};
use crate::ownership;
use countersign_ports::NoPlaces;
use std::fs::OpenOptions;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

/// What to expect of `serve`.
#[derive(Default)]
pub(crate) struct Outlook {
    /// One message for each problem that keeps the server from starting.
    pub(crate) problems: Vec<String>,
    /// One message for each problem that another process causes, perhaps a running server.
    pub(crate) doubts: Vec<String>,
}

/// Returns what to expect of `serve`.
pub(crate) async fn outlook(settings: &Settings) -> Outlook {
    let mut outlook = addresses(settings);
    let mut problems = settings.missing_for_serving();
    let mut note = |step: Result<(), CommandError>| {
        problems.extend(step.err().map(|failure| failure.message));
    };
    if settings.master_key.is_some() {
        note(master_keys(settings).map(drop));
    }
    note(settings.outbound.client().map(drop));
    note(mailer(settings.mail.as_ref()).map(drop));
    let issuer = settings.issuer.as_deref().unwrap_or_default();
    note(settings.pages.pages(issuer, Arc::new(NoPlaces)).map(drop));
    note(settings.pages.places().map(drop));
    if settings.store.is_some() {
        note(store(settings).await);
    }
    problems.append(&mut outlook.problems);
    Outlook {
        problems,
        ..outlook
    }
}

/// Checks that the server can open the store, migrate it and open its signing keys.
async fn store(settings: &Settings) -> Result<(), CommandError> {
    let file = settings.store.as_ref().and_then(|url| url.file());
    if let Some(path) = file {
        if path.exists() {
            may_write(path)?;
        } else if settings.migrate_at_start {
            return may_create(path);
        } else {
            return Err(outdated(settings));
        }
    }
    let setup = Setup::as_it_is(settings.clone()).await?;
    if schema(&setup).await? && master_keys(settings).is_ok() {
        setup.codecs().await?;
    }
    Ok(())
}

/// Checks that the schema is current, or that the server can migrate it. Returns whether it is current.
pub(crate) async fn schema(setup: &Setup) -> Result<bool, CommandError> {
    if setup.store.schema_is_current().await? {
        return Ok(true);
    }
    if !setup.settings.migrate_at_start {
        return Err(outdated(&setup.settings));
    }
    if setup.store.may_migrate().await? {
        return Ok(false);
    }
    Err(CommandError::new(
        Exit::Failed,
        "The schema of the store is not current, and the database role of `store.url` may not create tables. Run `countersign migrate` with a role that may, or run `GRANT CREATE ON SCHEMA public TO ..` in the database.",
    ))
}

/// Checks that a store file can be written.
fn may_write(path: &Path) -> Result<(), CommandError> {
    let opened = OpenOptions::new().write(true).open(path);
    opened.map(drop).map_err(|error| {
        let what = format!("Cannot write the store {}", path.display());
        CommandError::of(&what, &error).with_advice(ownership::store_advice(path))
    })
}

/// Checks that a store file can be created.
fn may_create(path: &Path) -> Result<(), CommandError> {
    let folder = path.parent().unwrap_or(path);
    if !folder.is_dir() {
        return Err(crate::store::no_folder(folder));
    }
    tempfile::tempfile_in(folder).map(drop).map_err(|error| {
        let what = format!("Cannot create the store {}", path.display());
        let advice = ownership::store_advice(path);
        CommandError::of(&what, &error).with_advice(advice)
    })
}

/// Checks that the addresses can be listened on. An address in use is no problem: the server itself may use it.
pub(crate) fn addresses(settings: &Settings) -> Outlook {
    let mut outlook = Outlook::default();
    let listening = outlook.try_to_listen("listen", settings.listen);
    let Some(address) = settings.metrics_listen else {
        return outlook;
    };
    let Err(error) = TcpListener::bind(address) else {
        return outlook;
    };
    if error.kind() == ErrorKind::AddrInUse && listening.is_some() {
        drop(listening);
        if TcpListener::bind(address).is_ok() {
            outlook.problems.push(format!(
                "`metrics.listen` and `listen` are the same address, {address}. Set `metrics.listen` to another port."
            ));
            return outlook;
        }
    }
    outlook.cannot_listen("metrics.listen", address, &error);
    outlook
}

impl Outlook {
    fn try_to_listen(&mut self, key: &str, address: SocketAddr) -> Option<TcpListener> {
        match TcpListener::bind(address) {
            Ok(listening) => Some(listening),
            Err(error) => {
                self.cannot_listen(key, address, &error);
                None
            }
        }
    }

    fn cannot_listen(&mut self, key: &str, address: SocketAddr, error: &io::Error) {
        if error.kind() == ErrorKind::AddrInUse {
            self.doubts.push(format!(
                "`{key}`: the address {address} is already in use. This is normal while the server runs. Otherwise, stop the other program or set `{key}` to another address."
            ));
        } else {
            self.problems.push(format!(
                "`{key}`: cannot listen on {address}: {error}. Set `{key}` to an address of this machine and a port that this user may use."
            ));
        }
    }
}
