//! Kills one of three servers on one database with `kill -9` at random moments under load, and restarts it.
//!
//! Acknowledged writes survive, no code can be redeemed twice, and every client can continue.

use crate::support::{Chain, Check, Load, Mint, Nodes, Random, Registered, Tally};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const NODES: usize = 3;
const ROUNDS: u64 = 6;
const CLIENTS: u64 = 8;
/// Maximum duration of each phase in milliseconds: before the kill, until the restart, and after it.
const LONGEST_LOAD: u64 = 250;
/// Time limit for all rounds on a slow machine.
const LONGEST: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_nodes_lose_no_acknowledged_write() {
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
    rig.nodes.stop();
    tally.assert_met_something();
}

struct Rig {
    nodes: Nodes,
    client: Registered,
    mint: Mint,
}

impl Rig {
    async fn new() -> Self {
        let nodes = Nodes::start(NODES, &[("LIFETIMES__REFRESH_LEEWAY", "300")]).await;
        let client = nodes.installation.web_client(&["--signing-alg=ES256"]);
        Self {
            mint: Mint::new(&nodes.installation, &client),
            nodes,
            client,
        }
    }

    #[expect(clippy::print_stdout, reason = "reports what happened under load")]
    async fn round(&mut self, round: u64, random: &mut Random) -> Tally {
        let stop = Arc::new(AtomicBool::new(false));
        let mut load = JoinSet::new();
        for _ in 0..CLIENTS {
            let client = Load {
                servers: self.nodes.http(),
                client: self.client.clone(),
                mint: self.mint.clone(),
                stop: stop.clone(),
            };
            load.spawn(client.run(Random::from_seed(random.next())));
        }
        let mut moment = || Duration::from_millis(random.below(LONGEST_LOAD));
        let (before, away, after) = (moment(), moment(), moment());
        tokio::time::sleep(before).await;
        // The new server has another address, so the load continues on the other two.
        self.nodes.replace_one(random, away).await;
        tokio::time::sleep(after).await;
        stop.store(true, Ordering::Relaxed);
        let chains = load.join_all().await;

        let codes = chains.iter().flatten().count();
        println!("round {round}: {codes} codes, one killed after {before:?} for {away:?} and more");
        self.check(chains.into_iter().flatten().collect()).await
    }

    /// Checks a third of the chains on each server, concurrently.
    async fn check(&self, chains: Vec<Chain>) -> Tally {
        let grants = self.nodes.database.grants().await;
        let mut parts: [Vec<Chain>; NODES] = Default::default();
        for (number, chain) in chains.into_iter().enumerate() {
            parts[number % NODES].push(chain);
        }
        let servers = self.nodes.http();
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
