//! Follows the file with the places of network addresses.

use super::tasks::ticks;
use countersign_adapters_system::PlaceFile;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;

/// Interval at which a server looks for a new file.
const PERIOD: Duration = Duration::from_secs(60);

/// Loads the file again each time it was replaced.
pub(super) async fn follow(file: Option<&Arc<PlaceFile>>) {
    let Some(file) = file else {
        return;
    };
    let mut failing = false;
    let mut ticks = ticks(PERIOD);
    loop {
        ticks.tick().await;
        let reloading = file.clone();
        let Ok(reloaded) = spawn_blocking(move || reloading.reload()).await else {
            continue;
        };
        match &reloaded {
            Ok(true) => tracing::info!(
                kind = file.database_type(),
                "loaded the new file with places"
            ),
            // Log only the first of several failures.
            Err(error) if !failing => {
                tracing::warn!(
                    "cannot load the new file with places: {error}; using the earlier one"
                );
            }
            Ok(false) | Err(_) => {}
        }
        failing = reloaded.is_err();
    }
}
