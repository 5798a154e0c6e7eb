//! Servers behind a load balancer that are replaced one by one.

use super::{Balancer, Database, Installation, Server, own_address, within};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;

/// Timeout for any step on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Servers on one database behind a load balancer, with fixed addresses.
pub(crate) struct Rolling {
    pub(crate) installation: Arc<Installation>,
    pub(crate) balancer: Balancer,
    servers: Vec<Server>,
}

impl Rolling {
    /// Starts `count` servers of this binary.
    pub(crate) async fn start(database: &Database, program: &Path, count: usize) -> Self {
        let installation = Arc::new(Installation::on(database, &[("DRAIN", "5")]));
        let own: IpAddr = own_address();
        let mut servers = Vec::new();
        for _ in 0..count {
            servers.push(server(&installation, program, (own, 0).into()).await);
        }
        let addresses: Vec<_> = servers.iter().map(|server| server.http.address).collect();
        let rolling = Self {
            installation,
            balancer: Balancer::start(own, &addresses),
            servers,
        };
        for number in 0..count {
            rolling.is_in_use(number).await;
        }
        rolling
    }

    /// Returns a server.
    #[cfg(feature = "test-later-version")]
    pub(crate) fn server(&self, number: usize) -> &Server {
        &self.servers[number]
    }

    /// Drains a server and starts one of `program` in its place.
    pub(crate) async fn replace(&mut self, number: usize, program: &Path) {
        let server_before = self.servers.remove(number);
        let address = server_before.http.address;
        server_before.terminate();
        let balancer = &self.balancer;
        within(PATIENCE, "unused", async || !balancer.uses(number).await).await;
        // The load balancer sends no new connections there, but the server still responds.
        server_before.http.get("/health/live").await.ok();
        let status = spawn_blocking(|| server_before.ended()).await.unwrap();
        assert!(status.success(), "{status}");
        let server = server(&self.installation, program, address).await;
        self.servers.insert(number, server);
        self.is_in_use(number).await;
    }

    async fn is_in_use(&self, number: usize) {
        let balancer = &self.balancer;
        within(PATIENCE, "in use", async || balancer.uses(number).await).await;
    }
}

async fn server(installation: &Arc<Installation>, program: &Path, address: SocketAddr) -> Server {
    let mut command = installation.command_of(program, &["serve"]);
    command.env("COUNTERSIGN__LISTEN", address.to_string());
    spawn_blocking(|| Server::start(command)).await.unwrap()
}
