//! Three servers on one database under load, one of them killed with `kill -9` and started again at random
//! moments. Nothing that was answered is lost, no code is good twice, and no client is locked out.

use crate::support::{
    Chain, Check, Database, Http, Installation, Load, Mint, Random, Registered, Server, Tally,
    within,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, spawn_blocking};

const NODES: usize = 3;
const ROUNDS: u64 = 6;
const CLIENTS: u64 = 8;
/// The longest that a load lasts before a server is killed, before it is started again, and after that; in
/// milliseconds.
const LONGEST_LOAD: u64 = 250;
/// Ends the rounds of a machine that is slower than any before.
const LONGEST: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_are_killed_in_turn_forget_nothing_that_they_answered() {
    let begun = Instant::now();
    let mut random = Random::told();
    let mut rig = Rig::new().await;
    let mut tally = Tally::default();
    for round in 0..ROUNDS {
        tally += rig.round(round, &mut random).await;
        if begun.elapsed() > LONGEST {
            break;
        }
    }
    for node in rig.servers {
        node.server.stop();
    }
    tally.assert_met_something();
}

struct Rig {
    database: Database,
    installation: Installation,
    client: Registered,
    mint: Mint,
    servers: Vec<Node>,
    /// How many were started so far.
    started: usize,
}

struct Node {
    server: Server,
    /// What the database knows it by.
    number: usize,
}

impl Rig {
    async fn new() -> Self {
        let database = Database::new().await;
        let settings = [("LIFETIMES__REFRESH_LEEWAY", "300")];
        let installation = Installation::on(&database, &settings);
        let client = installation.web_client(&["--signing-alg=ES256"]);
        let mut own = Self {
            mint: Mint::new(&installation, &client),
            servers: Vec::new(),
            started: 0,
            database,
            installation,
            client,
        };
        for _ in 0..NODES {
            let node = own.start().await;
            own.servers.push(node);
        }
        own
    }

    async fn start(&mut self) -> Node {
        let number = self.started;
        self.started += 1;
        let mut command = self.installation.command(&["serve"]);
        let url = self.database.url_of_node(number);
        command.env("COUNTERSIGN__STORE__URL", url);
        let server = spawn_blocking(|| Server::start(command)).await.unwrap();
        Node { server, number }
    }

    #[expect(clippy::print_stdout, reason = "what a load met is of interest")]
    async fn round(&mut self, round: u64, random: &mut Random) -> Tally {
        let stop = Arc::new(AtomicBool::new(false));
        let mut load = JoinSet::new();
        for _ in 0..CLIENTS {
            let client = Load {
                servers: self.http().to_vec(),
                client: self.client.clone(),
                mint: self.mint.clone(),
                stop: stop.clone(),
            };
            load.spawn(client.run(Random::from_seed(random.next())));
        }
        let mut moment = || Duration::from_millis(random.below(LONGEST_LOAD));
        let (before, away, after) = (moment(), moment(), moment());
        let killed = usize::try_from(random.below(3)).unwrap();
        tokio::time::sleep(before).await;
        let dead = self.servers.remove(killed);
        dead.server.kill();
        tokio::time::sleep(away).await;
        // It has another address now, so the load goes on with the two that stayed.
        let node = self.start().await;
        self.servers.push(node);
        tokio::time::sleep(after).await;
        stop.store(true, Ordering::Relaxed);
        let chains = load.join_all().await;

        let codes = chains.iter().flatten().count();
        println!("round {round}: {codes} codes, one killed after {before:?} for {away:?} and more");
        // The database ends what the dead one has begun.
        within(Duration::from_secs(10), "quiet", async || {
            self.database.connections_of(dead.number).await == 0
        })
        .await;
        self.check(chains.into_iter().flatten().collect()).await
    }

    fn http(&self) -> [Http; NODES] {
        std::array::from_fn(|place| self.servers[place].server.http.clone())
    }

    /// Asks all servers at once, each for a third.
    async fn check(&self, chains: Vec<Chain>) -> Tally {
        let grants = self.database.grants().await;
        let mut parts: [Vec<Chain>; NODES] = Default::default();
        for (number, chain) in chains.into_iter().enumerate() {
            parts[number % NODES].push(chain);
        }
        let servers = self.http();
        let [one, two, three] = std::array::from_fn(|place| Check {
            server: &servers[place],
            client: &self.client,
            grants: &grants,
        });
        let [first, second, third] = parts;
        let tallies = tokio::join!(one.chains(first), two.chains(second), three.chains(third));
        let mut tally = tallies.0;
        tally += tallies.1;
        tally += tallies.2;
        tally
    }
}
