//! A primary and a standby that streams from it.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a cluster that does not respond fails its test"
)]

use super::Cluster;
use super::schema::connect;
use std::process::Command;
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_postgres::Client;

/// Delay between checks of the clusters.
const PAUSE: Duration = Duration::from_millis(20);

/// A primary and a standby that can be promoted.
#[derive(Debug)]
pub struct Pair {
    primary: Cluster,
    standby: Cluster,
}

impl Pair {
    /// Starts both with asynchronous replication.
    pub async fn start() -> Self {
        let start = || {
            let primary = Cluster::start("", &[]);
            let standby = primary.standby();
            Self { primary, standby }
        };
        let own = spawn_blocking(start).await.unwrap();
        own.wait_for_the_standby("async").await;
        own
    }

    /// Starts both with synchronous replication.
    pub async fn start_synchronous() -> Self {
        let own = Self::start().await;
        let observer = connect(&own.primary.url()).await;
        let names = "ALTER SYSTEM SET synchronous_standby_names = 'standby'";
        observer.batch_execute(names).await.unwrap();
        let reload = observer.batch_execute("SELECT pg_reload_conf()");
        reload.await.unwrap();
        own.wait_for_the_standby("sync").await;
        own
    }

    async fn wait_for_the_standby(&self, state: &str) {
        let observer = connect(&self.primary.url()).await;
        loop {
            let states = "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'";
            let rows = observer.query(states, &[]).await.unwrap();
            if rows.iter().any(|row| row.get::<_, &str>(0) == state) {
                return;
            }
            sleep(PAUSE).await;
        }
    }

    /// Returns the TCP URL of whichever cluster is the primary.
    #[must_use]
    pub fn url(&self) -> String {
        self.primary.url_of_the_primary(&self.standby)
    }

    /// Stops replication to the standby.
    pub async fn cut_the_standby_off(&self) {
        let sender = "SELECT pid::text FROM pg_stat_replication";
        let observer = connect(&self.primary.url()).await;
        let row = observer.query_one(sender, &[]).await.unwrap();
        let stopped = Command::new("kill").args(["-STOP", row.get(0)]).status();
        assert!(stopped.unwrap().success());
    }

    /// Kills every process of the primary.
    pub fn kill_the_primary(&self) {
        self.primary.kill();
    }

    /// Promotes the standby to primary.
    pub fn promote(&self) {
        self.standby.promote();
    }

    /// Opens a connection to the original standby, for the test's own queries.
    pub async fn client_of_the_standby(&self) -> Client {
        connect(&self.standby.url()).await
    }
}
