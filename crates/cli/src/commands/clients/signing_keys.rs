//! Signing keys that a new client needs.

use crate::command_error::CommandError;
use crate::commands::administration::operator;
use crate::commands::setup::{Setup, make_signing_key};
use countersign_application::admin::keys::NewSigningKey;
use countersign_domain::client::Client;
use std::time::Duration;

/// Time in which all running servers publish a new key.
const PUBLICATION: Duration = Duration::from_secs(1);

/// Creates the missing signing keys for the algorithms of a client, and waits until all running servers publish them.
/// Without the wait, a server could sign a token before another server publishes the key.
pub(super) async fn publish(setup: &Setup, client: &Client) -> Result<(), CommandError> {
    let algorithms = client.published_algorithms().collect();
    let (admin, operator) = (setup.key_admin(), operator());
    let missing = admin.missing(&setup.tenant, &operator, &algorithms).await?;
    if missing.is_empty() {
        return Ok(());
    }
    let codecs = setup.codecs().await?;
    let make = |new: NewSigningKey<'_>| make_signing_key(&codecs, &new);
    admin
        .add_missing(&setup.tenant, &operator, &make, &missing)
        .await?;
    tokio::time::sleep(PUBLICATION).await;
    Ok(())
}
