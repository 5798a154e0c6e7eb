//! Sealing of the events that a command recorded.

use crate::command_error::CommandError;
use crate::commands::setup::{OPENED, Setup};
use std::cell::RefCell;
use std::io::{self, Write as _};
use std::sync::Arc;

/// Runs a command, then seals its events. A command without a master key leaves them unsealed.
pub(in crate::commands) async fn sealed(
    command: impl Future<Output = Result<(), CommandError>>,
) -> Result<(), CommandError> {
    let run = async {
        let result = command.await;
        let opened = OPENED.with(RefCell::take);
        for setup in opened {
            if let Err(error) = seal(&setup).await {
                // If standard error is closed, the message is lost.
                let _ = writeln!(
                    io::stderr(),
                    "The command was recorded in the audit log, but its events were not sealed. Run `countersign audit seal` later. {}",
                    error.message
                );
            }
        }
        result
    };
    OPENED.scope(RefCell::default(), run).await
}

async fn seal(setup: &Setup) -> Result<(), CommandError> {
    let tenants = setup.events.unsealed_tenants();
    if tenants.is_empty() || setup.settings.master_key.is_none() {
        return Ok(());
    }
    let codecs = Arc::new(setup.codecs().await?);
    let sealing = setup.sealing(codecs);
    for tenant in tenants {
        let sealed = sealing.seal(tenant).await;
        sealed.map_err(|error| CommandError::of("Cannot seal events", &error))?;
    }
    Ok(())
}
