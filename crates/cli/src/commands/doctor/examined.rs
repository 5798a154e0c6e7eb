//! What the checks look at, read once.

use super::finding::{Checked, Finding};
use crate::command_error::CommandError;
use crate::commands::config::startup;
use crate::commands::setup::{Setup, now};
use crate::commands::slices::Slices;
use crate::config::Settings;
use countersign_adapters_system::{Inspected, NotInspected};
use countersign_domain::client::{Client, ClientStatus};
use countersign_domain::time::Timestamp;
use countersign_ports::ClientRepository as _;

/// Path of the discovery document (OpenID Connect Discovery section 4).
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// Configuration, store and discovery document.
pub(crate) struct Examined {
    /// Configuration.
    pub(crate) settings: Settings,
    /// Time of the checks.
    pub(crate) now: Timestamp,
    /// The store, and whether its schema is current.
    pub(crate) store: Result<(Setup, bool), CommandError>,
    /// Time of the response.
    pub(crate) answered_at: Timestamp,
    /// Response of the issuer; `None` if no issuer or no HTTP client is configured.
    pub(crate) discovery: Option<Result<Inspected, NotInspected>>,
}

impl Examined {
    /// Opens the store, without changing it, and requests the discovery document.
    pub(crate) async fn new(settings: Settings) -> Self {
        let discovery = discovery(&settings).await;
        let answered_at = now();
        Self {
            store: open(&settings).await,
            now: now(),
            answered_at,
            discovery,
            settings,
        }
    }

    /// Returns the store with a schema that this version can read.
    pub(crate) fn readable(&self) -> Checked<&Setup> {
        match &self.store {
            Ok((setup, true)) => Ok(setup),
            Ok((_, false)) => Err(Finding::not_checked("the schema is not current")),
            Err(_) => Err(Finding::not_checked("the store cannot be opened")),
        }
    }

    /// Passes each active client to `look`.
    pub(crate) async fn each_client(&self, mut look: impl FnMut(&Client)) -> Checked<()> {
        let setup = self.readable()?;
        let mut slices = Slices::<Client>::new();
        while let Some(after) = slices.next() {
            let slice = setup
                .store
                .list_clients(setup.tenant.id, None, after)
                .await?;
            let clients = slices.take(slice);
            let active = clients.iter();
            active
                .filter(|client| client.status == ClientStatus::Active)
                .for_each(&mut look);
        }
        Ok(())
    }
}

async fn open(settings: &Settings) -> Result<(Setup, bool), CommandError> {
    let setup = Setup::as_it_is(settings.clone()).await?;
    let is_current = startup::schema(&setup).await?;
    Ok((setup, is_current))
}

async fn discovery(settings: &Settings) -> Option<Result<Inspected, NotInspected>> {
    let issuer = settings.issuer.as_ref()?;
    let client = settings.outbound.client().ok()?;
    Some(client.inspect(&format!("{issuer}{DISCOVERY}")).await)
}
