//! `kill -9` at random moments of a load of redemptions and rotations. Nothing that was answered is
//! lost, no code is good twice, and no client is locked out.

use crate::support::{
    Answer, GrantRow, Http, Installation, Mint, Random, Registered, Rows, Server,
};
use crate::support::{exchange, refreshing};
use countersign_domain::identifier::GrantId;
use std::env;
use std::time::Duration;
use tokio::task::JoinSet;

const ROUNDS: u64 = 12;
const CLIENTS: u64 = 8;
/// The most rotations of one chain before a client begins another.
const LONGEST_CHAIN: u64 = 8;
/// The longest that a load lasts before the server is killed.
const LONGEST_LOAD: u64 = 300;
/// Seeds the moments, to see a failure again.
const SEED: &str = "COUNTERSIGN_TEST_SEED";

/// One code, and what its client holds of it. Only what was answered to the last byte counts.
struct Chain {
    grant: GrantId,
    code: String,
    /// Whether a request was sent last that was never answered.
    is_cut_off: bool,
    held: Option<Held>,
}

/// The last refresh token that a client got.
struct Held {
    refresh_token: String,
    generation: i64,
}

#[derive(Clone)]
struct Load {
    http: Http,
    client: Registered,
    mint: Mint,
}

impl Load {
    /// Redeems and rotates until the server is gone.
    async fn run(self, mut random: Random) -> Vec<Chain> {
        let mut chains = Vec::new();
        loop {
            let (grant, code) = self.mint.code();
            let mut chain = Chain {
                grant,
                code,
                is_cut_off: false,
                held: None,
            };
            self.lead(&mut chain, random.below(LONGEST_CHAIN)).await;
            let is_over = chain.is_cut_off;
            chains.push(chain);
            if is_over {
                return chains;
            }
        }
    }

    async fn lead(&self, chain: &mut Chain, rotations: u64) {
        let form = exchange(&chain.code);
        let Ok(answer) = self.http.try_token(&self.client, &form).await else {
            chain.is_cut_off = true;
            return;
        };
        let mut held = Held {
            refresh_token: answer.ok().text("refresh_token"),
            generation: 0,
        };
        for _ in 0..rotations {
            let form = refreshing(&held.refresh_token);
            let Ok(answer) = self.http.try_token(&self.client, &form).await else {
                chain.is_cut_off = true;
                break;
            };
            held.refresh_token = answer.ok().text("refresh_token");
            held.generation += 1;
        }
        chain.held = Some(held);
    }
}

/// What came of all rounds, so that a test that met nothing does not pass.
#[derive(Debug, Default)]
struct Tally {
    redeemed: usize,
    rotated: usize,
    /// What the store had of requests that were never answered.
    redeemed_unanswered: usize,
    rotated_unanswered: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_forgets_nothing_that_it_answered() {
    let seed = env::var(SEED).map_or_else(|_| Random::seed(), |text| text.parse().unwrap());
    println!("{SEED}={seed}");
    let mut random = Random::from_seed(seed);
    let installation = Installation::with(&[("LIFETIMES__REFRESH_LEEWAY", "300")]);
    let client = installation.web_client(&["--signing-alg=ES256"]);
    let mint = Mint::new(&installation, &client);
    let rows = Rows::of(&installation);
    let mut tally = Tally::default();

    let mut server = installation.start();
    for round in 0..ROUNDS {
        let load = Load {
            http: server.http.clone(),
            client: client.clone(),
            mint: mint.clone(),
        };
        let clients: JoinSet<Vec<Chain>> = (0..CLIENTS)
            .map(|_| load.clone().run(Random::from_seed(random.next())))
            .collect();
        let moment = Duration::from_millis(random.below(LONGEST_LOAD));
        tokio::time::sleep(moment).await;
        server.kill();
        let chains = clients.join_all().await;
        server = installation.start();

        println!(
            "round {round}: {} codes in {moment:?}",
            chains.iter().flatten().count()
        );
        assert_eq!(rows.integrity(), "ok");
        let check = Check {
            server: &server,
            client: &client,
            rows: &rows,
        };
        for chain in chains.into_iter().flatten() {
            check.chain(chain, &mut tally).await;
        }
    }
    println!("{tally:?}");
    server.stop();
    assert_eq!(rows.integrity(), "ok");
    assert!(tally.redeemed > 0 && tally.rotated > 0, "{tally:?}");
    let unanswered = tally.redeemed_unanswered + tally.rotated_unanswered;
    assert!(unanswered > 0, "no kill hit a request: {tally:?}");
}

struct Check<'a> {
    server: &'a Server,
    client: &'a Registered,
    rows: &'a Rows,
}

impl Check<'_> {
    async fn chain(&self, chain: Chain, tally: &mut Tally) {
        let Chain {
            grant,
            code,
            is_cut_off,
            held,
        } = chain;
        match held {
            None => {
                let was_stored = self.redeemed_at_most_once(grant, &code).await;
                tally.redeemed_unanswered += usize::from(was_stored);
            }
            Some(held) => {
                tally.redeemed += 1;
                tally.rotated += usize::try_from(held.generation).unwrap();
                // Presenting a redeemed code ends its grant, so a chain shows one thing or the other.
                if held.generation == 0 && !is_cut_off {
                    self.stays_redeemed(grant, &code, &held).await;
                } else {
                    let was_stored = self.goes_on(grant, held, is_cut_off).await;
                    tally.rotated_unanswered += usize::from(was_stored);
                }
            }
        }
    }

    async fn redeem(&self, code: &str) -> Answer {
        self.server.http.redeem(self.client, code).await
    }

    async fn refresh(&self, refresh_token: &str) -> Answer {
        self.server.http.refresh(self.client, refresh_token).await
    }

    fn stored(&self, grant: GrantId) -> GrantRow {
        let row = self.rows.grant(grant);
        row.unwrap_or_else(|| panic!("grant {grant} was answered and is not stored"))
    }

    /// A code whose redemption was never answered: it is good now, unless it was redeemed; and never
    /// again. Answers whether it was.
    async fn redeemed_at_most_once(&self, grant: GrantId, code: &str) -> bool {
        let was_stored = self.rows.grant(grant).is_some();
        let first = self.redeem(code).await;
        if was_stored {
            assert_eq!(first.refusal(), invalid_grant());
        } else {
            first.ok();
        }
        for _ in 0..2 {
            assert_eq!(self.redeem(code).await.refusal(), invalid_grant());
        }
        was_stored
    }

    /// A code whose redemption was answered is not good again, and trying ends what came of it.
    async fn stays_redeemed(&self, grant: GrantId, code: &str, held: &Held) {
        let stored = self.stored(grant);
        assert_eq!((stored.generation, stored.revoked_at), (0, None));
        assert_eq!(self.redeem(code).await.refusal(), invalid_grant());
        let refreshed = self.refresh(&held.refresh_token).await;
        assert_eq!(refreshed.refusal(), invalid_grant());
    }

    /// Who holds the last refresh token that was answered goes on from there, whether or not the
    /// rotation that was cut off was stored. Answers whether it was.
    async fn goes_on(&self, grant: GrantId, held: Held, is_cut_off: bool) -> bool {
        let stored = self.stored(grant);
        let lead = stored.generation - held.generation;
        assert!(lead == 0 || is_cut_off && lead == 1, "{stored:?}");
        let successor = self.refresh(&held.refresh_token).await.ok();
        let stored = self.stored(grant);
        assert_eq!(stored.generation, held.generation + 1);
        self.refresh(&successor.text("refresh_token")).await.ok();
        lead == 1
    }
}

fn invalid_grant() -> (u16, String) {
    (400, "invalid_grant".to_owned())
}
