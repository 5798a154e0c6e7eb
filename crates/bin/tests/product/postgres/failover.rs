//! Failover under load: the primary of three servers dies and a standby takes over.
//!
//! The servers find the standby through the host list in their URL. Lost writes are counted while the load is paused.

use crate::support::{
    Grants as _, GrantsOfDatabase, Http, Installation, Mint, Random, Registered, Server, exchange,
    refreshing, within,
};
use countersign_domain::identifier::GrantId;
use countersign_store_contract::postgres::{Pair, is_soak};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::RwLock;
use tokio::task::{JoinSet, spawn_blocking};

/// Number of clients that repeatedly refresh one grant each.
const ROTATING: usize = 24;
/// Number of clients that redeem codes.
const REDEEMING: usize = 8;
/// Timeout until every client has noticed, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Shared state of all clients.
struct Load {
    servers: Vec<Http>,
    client: Registered,
    mint: Mint,
    /// Read-locked by each client during a request, and write-locked by the test to pause the load.
    gate: RwLock<()>,
    stop: AtomicBool,
    /// Whether the standby has become the primary.
    is_promoted: AtomicBool,
    turned_away: AtomicUsize,
    served_again: AtomicUsize,
}

/// Progress of a client.
#[derive(Default)]
struct Met {
    was_turned_away: bool,
    was_served_again: bool,
}

impl Load {
    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    /// Sends a request to a random server. Returns `None` on a 503, when it is unknown whether anything was stored.
    async fn ask(
        &self,
        form: &[(&str, &str)],
        random: &mut Random,
        met: &mut Met,
    ) -> Option<String> {
        let any = usize::try_from(random.below(self.servers.len() as u64)).unwrap();
        let answer = self.servers[any].token(&self.client, form).await;
        if answer.status == 503 {
            if !std::mem::replace(&mut met.was_turned_away, true) {
                self.turned_away.fetch_add(1, Ordering::Relaxed);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
            return None;
        }
        let is_new = self.is_promoted.load(Ordering::Relaxed);
        if is_new && !std::mem::replace(&mut met.was_served_again, true) {
            self.served_again.fetch_add(1, Ordering::Relaxed);
        }
        Some(answer.ok().text("refresh_token"))
    }
}

/// Grant that its client keeps refreshing.
#[derive(Clone)]
struct Chain {
    grant: GrantId,
    token: String,
    acknowledged: i64,
}

/// Grant and code of a redemption.
type Redeemed = (GrantId, String);

/// State that clients have acknowledged responses for.
#[derive(Clone, Default)]
struct Held {
    chains: Vec<Arc<RwLock<Chain>>>,
    redeemed: Arc<RwLock<Vec<Redeemed>>>,
}

async fn rotate(load: Arc<Load>, chain: Arc<RwLock<Chain>>, mut random: Random) {
    let mut met = Met::default();
    while load.goes_on() {
        let _open = load.gate.read().await;
        let mut chain = chain.write().await;
        let form = refreshing(&chain.token);
        if let Some(successor) = load.ask(&form, &mut random, &mut met).await {
            chain.token = successor;
            chain.acknowledged += 1;
        }
    }
}

async fn redeem(load: Arc<Load>, redeemed: Arc<RwLock<Vec<Redeemed>>>, mut random: Random) {
    let mut met = Met::default();
    while load.goes_on() {
        let _open = load.gate.read().await;
        let (grant, code) = load.mint.code();
        let form = exchange(&code);
        if load.ask(&form, &mut random, &mut met).await.is_some() {
            redeemed.write().await.push((grant, code));
        }
    }
}

/// Acknowledged writes that the new primary does not have.
#[derive(Debug, Default, PartialEq, Eq)]
struct Lost {
    rotations: i64,
    redemptions: usize,
}

impl Held {
    /// Counts acknowledged writes that are not stored.
    async fn lost(&self, grants: &GrantsOfDatabase) -> Lost {
        let mut lost = Lost::default();
        for chain in &self.chains {
            let chain = chain.read().await;
            let stored = grants.grant(chain.grant).await.unwrap();
            lost.rotations += (chain.acknowledged - stored.generation).max(0);
        }
        for (grant, _) in &*self.redeemed.read().await {
            lost.redemptions += usize::from(grants.grant(*grant).await.is_none());
        }
        lost
    }

    async fn rotations(&self) -> i64 {
        let mut all = 0;
        for chain in &self.chains {
            all += chain.read().await.acknowledged;
        }
        all
    }
}

/// Presents codes again and returns those that were accepted.
async fn replay(load: &Arc<Load>, codes: &[Redeemed]) -> Vec<Redeemed> {
    let mut all = JoinSet::new();
    for part in codes.chunks(codes.len().div_ceil(16).max(1)) {
        let (load, part) = (load.clone(), part.to_vec());
        all.spawn(async move {
            let mut again = Vec::new();
            for (number, redeemed) in part.into_iter().enumerate() {
                let server = &load.servers[number % load.servers.len()];
                let answer = server.redeem(&load.client, &redeemed.1).await;
                if answer.status == 200 {
                    again.push(redeemed);
                } else {
                    assert_eq!(answer.refusal(), (400, "invalid_grant".to_owned()));
                }
            }
            again
        });
    }
    all.join_all().await.concat()
}

/// Three servers and their clients.
struct Rig {
    servers: [Server; 3],
    load: Arc<Load>,
    held: Held,
    clients: JoinSet<()>,
}

impl Rig {
    async fn start(pair: &Pair) -> Self {
        let settings = [("LIFETIMES__REFRESH_LEEWAY", "300")];
        let installation = Installation::at(pair.url(), &settings);
        let client = installation.web_client(&["--signing-alg=ES256"]);
        let servers: [Server; 3] = std::array::from_fn(|_| installation.start());
        let load = Arc::new(Load {
            servers: servers.iter().map(|server| server.http.clone()).collect(),
            mint: Mint::new(&installation, &client),
            client,
            gate: RwLock::new(()),
            stop: AtomicBool::new(false),
            is_promoted: AtomicBool::new(false),
            turned_away: AtomicUsize::new(0),
            served_again: AtomicUsize::new(0),
        });
        let mut random = Random::told();
        let (mut held, mut clients) = (Held::default(), JoinSet::new());
        for _ in 0..ROTATING {
            let (grant, code) = load.mint.code();
            let answer = load.servers[0].redeem(&load.client, &code).await.ok();
            let chain = Arc::new(RwLock::new(Chain {
                grant,
                token: answer.text("refresh_token"),
                acknowledged: 0,
            }));
            held.chains.push(chain.clone());
            let random = Random::from_seed(random.next());
            clients.spawn(rotate(load.clone(), chain, random));
        }
        for _ in 0..REDEEMING {
            let random = Random::from_seed(random.next());
            clients.spawn(redeem(load.clone(), held.redeemed.clone(), random));
        }
        Self {
            servers,
            load,
            held,
            clients,
        }
    }

    /// Waits until `count` equals the number of clients.
    async fn everyone(&self, what: &str, count: &AtomicUsize) {
        within(PATIENCE, what, async || {
            count.load(Ordering::Relaxed) == self.clients.len()
        })
        .await;
    }

    /// Ends the load and checks the result.
    ///
    /// Every chain has continued. A code works again, once, only if its row was lost.
    async fn end(self, redeemed: &[Redeemed], lost: &Lost, grants: &GrantsOfDatabase) {
        let load = self.load;
        load.stop.store(true, Ordering::Relaxed);
        self.clients.join_all().await;
        for chain in &self.held.chains {
            let chain = chain.read().await;
            let answer = load.servers[1].refresh(&load.client, &chain.token).await;
            answer.ok();
            let stored = grants.grant(chain.grant).await.unwrap();
            assert_eq!(stored.generation, chain.acknowledged + 1, "it catches up");
        }
        let again = replay(&load, redeemed).await;
        assert_eq!(again.len(), lost.redemptions);
        assert!(replay(&load, &again).await.is_empty());
        self.servers.into_iter().for_each(Server::stop);
    }
}

#[expect(clippy::print_stdout, reason = "reports what happened under load")]
async fn fail_over(pair: Pair, falls_behind: bool) -> Lost {
    let rig = Rig::start(&pair).await;
    let Rig { load, held, .. } = &rig;
    let moment = if is_soak() { 20_000 } else { 700 };
    tokio::time::sleep(Duration::from_millis(moment)).await;
    if falls_behind {
        pair.cut_the_standby_off().await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let died = Instant::now();
    let pair = spawn_blocking(move || {
        pair.kill_the_primary();
        pair
    });
    let pair = pair.await.unwrap();
    rig.everyone("turned away", &load.turned_away).await;

    let closed = load.gate.write().await;
    let pair = spawn_blocking(move || {
        pair.promote();
        pair
    });
    let pair = pair.await.unwrap();
    let promoted = Instant::now();
    let grants = GrantsOfDatabase(pair.client_of_the_standby().await);
    let lost = held.lost(&grants).await;
    let (rotations, redeemed) = (held.rotations().await, held.redeemed.read().await.clone());
    load.is_promoted.store(true, Ordering::Relaxed);
    let opened = Instant::now();
    drop(closed);
    rig.everyone("served again", &load.served_again).await;
    println!(
        "{rotations} rotations and {} redemptions acknowledged, {lost:?}; promoted {:?} after the primary \
         died, everyone served {:?} after they asked again",
        redeemed.len(),
        promoted - died,
        opened.elapsed()
    );
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(rotations > 0 && !redeemed.is_empty());
    rig.end(&redeemed, &lost, &grants).await;
    lost
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn synchronous_failover_loses_no_acknowledged_write() {
    let lost = fail_over(Pair::start_synchronous().await, false).await;
    assert_eq!(lost, Lost::default());
}

/// Loses the writes of the last 0.3 seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_continue_after_asynchronous_failover() {
    let lost = fail_over(Pair::start().await, true).await;
    assert!(lost.rotations > 0 && lost.redemptions > 0, "{lost:?}");
}
