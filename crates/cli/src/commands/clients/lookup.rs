//! The client that a command names.

use crate::command_error::{CommandError, Exit};
use crate::commands::administration::operator;
use crate::commands::setup::Setup;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::client::{Client, ClientId};

/// Returns the client with this ID. Fails with exit code 3 if it does not exist.
pub(super) async fn find(setup: &Setup, client_id: &str) -> Result<Client, CommandError> {
    let admin = setup.client_admin();
    let found = admin.find(&setup.tenant, &operator(), client_id).await;
    found.map_err(|error| of(client_id, error))
}

/// Parses a client ID. An invalid ID belongs to no client, so it fails as "not found".
pub(super) fn parse_id(client_id: &str) -> Result<ClientId, CommandError> {
    ClientId::parse(client_id).map_err(|_| not_found(client_id))
}

/// Converts the error of a command about this client.
pub(super) fn of(client_id: &str, error: AdminError) -> CommandError {
    match error {
        AdminError::NotFound(Missing::Client) => not_found(client_id),
        error => CommandError::from(error),
    }
}

fn not_found(client_id: &str) -> CommandError {
    CommandError::new(
        Exit::NotFound,
        format!(
            "Client {client_id:?} not found. Run `countersign clients list` to list all clients."
        ),
    )
}
