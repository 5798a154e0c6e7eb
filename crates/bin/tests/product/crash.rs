//! Kills the server with `kill -9` at random moments under a load of code redemptions and refreshes.
//!
//! Acknowledged writes survive, no code can be redeemed twice, and every client can continue.

use crate::support::{Check, Installation, Load, Mint, Random, Rows, Tally};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

const ROUNDS: u64 = 12;
const CLIENTS: u64 = 8;
/// Maximum duration of a load before the server is killed, in milliseconds.
const LONGEST_LOAD: u64 = 300;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_server_loses_no_acknowledged_write() {
    let mut random = Random::told();
    let installation = Installation::with(&[("LIFETIMES__REFRESH_LEEWAY", "300")]);
    let client = installation.web_client(&["--signing-alg=ES256"]);
    let mint = Mint::new(&installation, &client);
    let rows = Rows::of(&installation);
    let mut tally = Tally::default();

    let mut server = installation.start();
    for round in 0..ROUNDS {
        let load = Load {
            servers: vec![server.http.clone()],
            client: client.clone(),
            mint: mint.clone(),
            stop: Arc::new(AtomicBool::new(false)),
        };
        let clients: JoinSet<_> = (0..CLIENTS)
            .map(|_| load.clone().run(Random::from_seed(random.next())))
            .collect();
        let moment = Duration::from_millis(random.below(LONGEST_LOAD));
        tokio::time::sleep(moment).await;
        server.kill();
        load.stop.store(true, Ordering::Relaxed);
        let chains = clients.join_all().await;
        server = installation.start();

        println!(
            "round {round}: {} codes in {moment:?}",
            chains.iter().flatten().count()
        );
        assert_eq!(rows.integrity(), "ok");
        let check = Check {
            server: &server.http,
            client: &client,
            grants: &rows,
        };
        tally += check.chains(chains.into_iter().flatten().collect()).await;
    }
    server.stop();
    assert_eq!(rows.integrity(), "ok");
    tally.assert_met_something();
}
