//! Failover: the primary dies under load and the standby takes over. The store finds it by the list of hosts in its
//! URL.

use crate::{T, connect};
use countersign_adapters_postgres::PostgresStore;
use countersign_ports::{GrantRepository as _, Race};
use countersign_store_contract::fixtures::{grant, grant_id, rotation};
use countersign_store_contract::postgres::{Pair, is_soak};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep;

/// Number of clients that each refresh one grant repeatedly.
const ROTATING: u64 = 64;
/// Number of clients that redeem one code after the other.
const REDEEMING: u64 = 16;
/// First number of the grants from redeemed codes, above the rotated grants.
const CODES: u64 = 1_000_000;
/// Maximum time from the promotion until every client is served.
const RECOVERY: Duration = Duration::from_secs(5);

struct Load {
    store: PostgresStore,
    stop: AtomicBool,
    /// Whether there is a new primary.
    is_promoted: AtomicBool,
    next_code: AtomicU64,
    /// Number of clients that the new primary has served.
    served_again: AtomicU64,
}

#[derive(Default)]
struct Chain {
    acknowledged: u64,
    /// Acknowledged rotations that the new primary does not have.
    lost: u64,
    /// Rotations after the failover.
    went_on: u64,
}

impl Load {
    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    /// Counts a client when the new primary serves it for the first time.
    fn is_served(&self, was_counted: &mut bool) {
        if self.is_promoted.load(Ordering::Relaxed) && !std::mem::replace(was_counted, true) {
            self.served_again.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Refreshes the grant `number` with the last token of the client.
    async fn rotate(self: Arc<Self>, number: u64) -> Chain {
        let mut chain = Chain::default();
        let (mut held, mut is_counted) = (0, false);
        while self.goes_on() {
            let outcome = self
                .store
                .rotate(T, &rotation(grant_id(number), held))
                .await;
            if let Ok(race) = outcome {
                assert_eq!(race, Race::Won, "no other client has this token");
                held += 1;
                chain.acknowledged += 1;
                self.is_served(&mut is_counted);
                chain.went_on += u64::from(is_counted);
                continue;
            }
            // The stored generation shows whether the last rotation was made, and how many were lost.
            let stored = self.stored_generation(number).await;
            chain.lost += u64::from(held.saturating_sub(stored));
            held = held.max(stored);
        }
        chain
    }

    async fn stored_generation(&self, number: u64) -> u32 {
        loop {
            if let Ok(found) = self.store.find_grant(T, grant_id(number)).await {
                return found.unwrap().facts().generation;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Redeems codes, each twice at the same time. Returns the codes with an acknowledged redemption.
    async fn redeem(self: Arc<Self>) -> Vec<u64> {
        let (mut redeemed, mut is_counted) = (Vec::new(), false);
        while self.goes_on() {
            let code = self.next_code.fetch_add(1, Ordering::Relaxed);
            let grant = grant(code);
            let (first, second) = tokio::join!(
                self.store.establish(T, &grant),
                self.store.establish(T, &grant)
            );
            let wins = [&first, &second]
                .into_iter()
                .filter(|answer| matches!(answer, Ok(Race::Won)));
            let wins = wins.count();
            assert!(wins < 2, "a code was redeemed twice at once");
            redeemed.extend((wins == 1).then_some(code));
            if first.is_err() || second.is_err() {
                sleep(Duration::from_millis(20)).await;
            } else {
                self.is_served(&mut is_counted);
            }
        }
        redeemed
    }

    /// Presents codes again. Returns how many are redeemed again.
    async fn replay(self: &Arc<Self>, codes: &[u64]) -> usize {
        let mut all = JoinSet::new();
        for part in codes.chunks(codes.len().div_ceil(64).max(1)) {
            let (load, part) = (self.clone(), part.to_vec());
            all.spawn(async move {
                let mut again = 0;
                for code in part {
                    let race = load.store.establish(T, &grant(code)).await.unwrap();
                    again += usize::from(race == Race::Won);
                }
                again
            });
        }
        all.join_all().await.into_iter().sum()
    }
}

/// Result of a failover.
struct Outcome {
    rotations: u64,
    lost_rotations: u64,
    redemptions: usize,
    /// Codes of acknowledged redemptions that the new primary redeems again.
    lost_redemptions: usize,
}

async fn fail_over(pair: Pair, falls_behind: bool) -> Outcome {
    let store = connect(&pair.url()).await;
    store.migrate().await.unwrap();
    for number in 0..ROTATING {
        assert_eq!(store.establish(T, &grant(number)).await.unwrap(), Race::Won);
    }
    let load = Arc::new(Load {
        store,
        stop: AtomicBool::new(false),
        is_promoted: AtomicBool::new(false),
        next_code: AtomicU64::new(CODES),
        served_again: AtomicU64::new(0),
    });
    let (mut rotating, mut redeeming) = (JoinSet::new(), JoinSet::new());
    for number in 0..ROTATING {
        rotating.spawn(load.clone().rotate(number));
    }
    for _ in 0..REDEEMING {
        redeeming.spawn(load.clone().redeem());
    }
    sleep(Duration::from_millis(if is_soak() {
        20_000
    } else {
        1_000
    }))
    .await;
    if falls_behind {
        pair.cut_the_standby_off().await;
        sleep(Duration::from_millis(300)).await;
    }
    let died = Instant::now();
    let pair = spawn_blocking(move || {
        pair.kill_the_primary();
        pair.promote();
        pair
    })
    .await
    .unwrap();
    let promoted = Instant::now();
    load.is_promoted.store(true, Ordering::Relaxed);
    while load.served_again.load(Ordering::Relaxed) < ROTATING + REDEEMING {
        assert!(
            promoted.elapsed() < RECOVERY,
            "not every client is served again"
        );
        sleep(Duration::from_millis(5)).await;
    }
    eprintln!(
        "promoted {:?} after the primary died, all clients served {:?} after it died",
        promoted - died,
        died.elapsed()
    );
    sleep(Duration::from_secs(1)).await;
    load.stop.store(true, Ordering::Relaxed);
    let chains = rotating.join_all().await;
    let redeemed = redeeming.join_all().await.concat();
    assert!(
        chains.iter().all(|chain| chain.went_on > 0),
        "every chain continues"
    );
    let mut missing = 0;
    for code in &redeemed {
        let found = load.store.find_grant(T, grant_id(*code)).await.unwrap();
        missing += usize::from(found.is_none());
    }
    let outcome = Outcome {
        rotations: chains.iter().map(|chain| chain.acknowledged).sum(),
        lost_rotations: chains.iter().map(|chain| chain.lost).sum(),
        redemptions: redeemed.len(),
        lost_redemptions: load.replay(&redeemed).await,
    };
    assert_eq!(
        outcome.lost_redemptions, missing,
        "a code is redeemed again though its redemption was not lost"
    );
    assert_eq!(load.replay(&redeemed).await, 0, "a code is redeemed again");
    eprintln!(
        "{} rotations acknowledged, {} of them lost; {} redemptions acknowledged, {} of them lost and \
             their codes redeemed again",
        outcome.rotations, outcome.lost_rotations, outcome.redemptions, outcome.lost_redemptions
    );
    drop(pair);
    outcome
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn synchronous_standby_loses_no_acknowledged_write() {
    let outcome = fail_over(Pair::start_synchronous().await, false).await;
    assert_eq!((outcome.lost_rotations, outcome.lost_redemptions), (0, 0));
}

/// The last 0.3 seconds are lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_continue_after_failover_to_lagging_standby() {
    let outcome = fail_over(Pair::start().await, true).await;
    assert!(outcome.lost_rotations > 0 && outcome.lost_redemptions > 0);
}
