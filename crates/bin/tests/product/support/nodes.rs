//! Several servers on one database that can be killed and restarted.

use super::{Database, Http, Installation, Random, Server, within};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::spawn_blocking;

/// Timeout until the database has ended the transactions of a dead server.
const PATIENCE: Duration = Duration::from_secs(10);

/// Servers on one database, each with its own application name.
pub(crate) struct Nodes {
    pub(crate) database: Database,
    pub(crate) installation: Arc<Installation>,
    running: Vec<Node>,
    /// Addresses in the same order. The entry of a dead server stays until another replaces it.
    addresses: Addresses,
    /// Number of servers started so far.
    started: usize,
}

/// Current addresses of the servers.
pub(crate) type Addresses = Arc<Mutex<Vec<Http>>>;

struct Node {
    server: Server,
    /// Number in the application name.
    number: usize,
}

impl Nodes {
    /// Starts `count` servers on a new database.
    pub(crate) async fn start(count: usize, settings: &[(&'static str, &'static str)]) -> Self {
        let database = Database::new().await;
        let mut own = Self {
            installation: Arc::new(Installation::on(&database, settings)),
            running: Vec::new(),
            addresses: Addresses::default(),
            started: 0,
            database,
        };
        for _ in 0..count {
            let node = own.start_one().await;
            own.addresses.lock().unwrap().push(node.server.http.clone());
            own.running.push(node);
        }
        own
    }

    async fn start_one(&mut self) -> Node {
        let number = self.started;
        self.started += 1;
        let mut command = self.installation.command(&["serve"]);
        let url = self.database.url_of_node(number);
        command.env("COUNTERSIGN__STORE__URL", url);
        let server = spawn_blocking(|| Server::start(command)).await.unwrap();
        Node { server, number }
    }

    /// Kills a random server and starts another in its place after `away`.
    pub(crate) async fn replace_one(&mut self, random: &mut Random, away: Duration) {
        let count = u64::try_from(self.running.len()).unwrap();
        let place = usize::try_from(random.below(count)).unwrap();
        let Node { server, number } = self.running.remove(place);
        server.kill();
        tokio::time::sleep(away).await;
        let node = self.start_one().await;
        self.addresses.lock().unwrap()[place] = node.server.http.clone();
        self.running.insert(place, node);
        // Wait until the transactions of the dead server have ended.
        within(PATIENCE, "quiet", async || {
            self.database.connections_of(number).await == 0
        })
        .await;
    }

    /// Returns a snapshot of the current addresses.
    pub(crate) fn http(&self) -> Vec<Http> {
        self.addresses.lock().unwrap().clone()
    }

    /// Returns the addresses, which are updated when servers are replaced.
    pub(crate) fn addresses(&self) -> Addresses {
        self.addresses.clone()
    }

    /// Stops all servers with SIGTERM.
    pub(crate) fn stop(&mut self) {
        for node in self.running.drain(..) {
            node.server.stop();
        }
    }
}
