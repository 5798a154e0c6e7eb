//! `countersign clients update`.

use super::leniency::LeniencyArgs;
use super::lookup::{of, parse_id};
use super::record::{self, ClientRecord};
use crate::arguments::{ConfigArgs, OutputArgs};
use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use crate::output;
use clap::{ArgGroup, Args};
use countersign_domain::client::Client;

/// Change of one client, or of all confidential clients.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("change").args(LeniencyArgs::NAMES).arg("defaults").multiple(true).required(true))]
pub(crate) struct UpdateClient {
    /// `client_id` of the client
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    client_id: Option<String>,
    /// Change all confidential clients
    #[arg(long)]
    all: bool,
    /// Apply the defaults of new clients where the client has the stricter setting of an earlier version
    #[arg(long)]
    defaults: bool,
    #[command(flatten)]
    leniency: LeniencyArgs,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl UpdateClient {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let setup = Setup::open(&self.config).await?;
        match &self.client_id {
            Some(client_id) => self.update(&setup, client_id).await,
            None => self.update_all(&setup).await,
        }
    }

    fn change(&self, client: &mut Client) {
        if self.defaults {
            client.apply_defaults();
        }
        self.leniency.apply(client);
    }

    async fn update(&self, setup: &Setup, client_id: &str) -> Result<(), CommandError> {
        let id = parse_id(client_id)?;
        let (admin, operator) = (setup.client_admin(), operator());
        let updated = admin.update(&setup.tenant, &operator, &id, |client| self.change(client));
        let client = updated.await.map_err(|error| of(client_id, error))?;
        record::print(&client, self.output)
    }

    async fn update_all(&self, setup: &Setup) -> Result<(), CommandError> {
        let (admin, operator) = (setup.client_admin(), operator());
        let change = |client: &mut Client| self.change(client);
        let updated = admin.update_confidential(&setup.tenant, &operator, change);
        let changed = updated.await.map_err(CommandError::from)?;
        if let Some(format) = self.output.structured() {
            let records: Vec<_> = changed.iter().map(ClientRecord::from).collect();
            return output::print_as(format, &records);
        }
        let rows = changed
            .iter()
            .map(|client| vec![client.id.to_string(), client.name.clone()]);
        output::print_rows(&rows.collect::<Vec<_>>())?;
        output::print(&format!("Clients changed: {}\n", changed.len()))
    }
}
