//! Load for crash tests: chains of one code redemption and several refreshes, and checks of the result.

use super::{Answer, GrantRow, Grants, Http, Mint, Random, Registered, exchange, refreshing};
use countersign_domain::identifier::GrantId;
use std::ops::AddAssign;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Maximum number of refreshes per chain.
const LONGEST_CHAIN: u64 = 8;
/// Delay after a request without a response.
const PAUSE: Duration = Duration::from_millis(20);

/// One code and the state of its client. Only complete responses count.
pub(crate) struct Chain {
    grant: GrantId,
    code: String,
    /// Whether the last request got no response.
    is_cut_off: bool,
    /// Number of refreshes without a response that succeeded when retried on another server.
    again: usize,
    held: Option<Held>,
}

/// Last refresh token that a client received.
struct Held {
    refresh_token: String,
    generation: i64,
}

/// Client that redeems codes and refreshes tokens.
#[derive(Clone)]
pub(crate) struct Load {
    /// Servers. Each request goes to a random one.
    pub(crate) servers: Vec<Http>,
    pub(crate) client: Registered,
    pub(crate) mint: Mint,
    /// Set to end the load.
    pub(crate) stop: Arc<AtomicBool>,
}

impl Load {
    /// Redeems codes and refreshes tokens until `stop` is set.
    pub(crate) async fn run(self, mut random: Random) -> Vec<Chain> {
        let mut chains = Vec::new();
        while !self.stop.load(Ordering::Relaxed) {
            let chain = self.chain(&mut random).await;
            if chain.is_cut_off {
                tokio::time::sleep(PAUSE).await;
            }
            chains.push(chain);
        }
        chains
    }

    async fn chain(&self, random: &mut Random) -> Chain {
        let (grant, code) = self.mint.code();
        let mut chain = Chain {
            grant,
            code,
            is_cut_off: false,
            again: 0,
            held: None,
        };
        let server = any(&self.servers, random);
        let form = exchange(&chain.code);
        let Ok(answer) = server.try_token(&self.client, &form).await else {
            chain.is_cut_off = true;
            return chain;
        };
        let mut held = Held {
            refresh_token: answer.ok().text("refresh_token"),
            generation: 0,
        };
        for _ in 0..random.below(LONGEST_CHAIN) {
            let server = any(&self.servers, random);
            let form = refreshing(&held.refresh_token);
            let mut answer = server.try_token(&self.client, &form).await;
            if let Err(error) = &answer
                && random.below(2) == 0
            {
                let was_sent = !error.is_connect();
                // The server may or may not have stored the rotation. The retry must succeed in both cases.
                let others = self.servers.iter();
                for other in others.filter(|other| other.address != server.address) {
                    answer = other.try_token(&self.client, &form).await;
                    if answer.is_ok() {
                        chain.again += usize::from(was_sent);
                        break;
                    }
                }
            }
            let Ok(answer) = answer else {
                chain.is_cut_off = true;
                break;
            };
            held.refresh_token = answer.ok().text("refresh_token");
            held.generation += 1;
        }
        chain.held = Some(held);
        chain
    }
}

fn any<'a>(servers: &'a [Http], random: &mut Random) -> &'a Http {
    let count = u64::try_from(servers.len()).unwrap();
    &servers[usize::try_from(random.below(count)).unwrap()]
}

/// Result of all rounds. A test fails if its load did not hit any of the interesting cases.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) redeemed: usize,
    pub(crate) rotated: usize,
    /// Refreshes that succeeded when retried on another server.
    pub(crate) again: usize,
    /// Redemptions and rotations that were stored, although the request got no response.
    pub(crate) redeemed_unanswered: usize,
    pub(crate) rotated_unanswered: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.redeemed += other.redeemed;
        self.rotated += other.rotated;
        self.again += other.again;
        self.redeemed_unanswered += other.redeemed_unanswered;
        self.rotated_unanswered += other.rotated_unanswered;
    }
}

impl Tally {
    /// Checks that requests succeeded and that a kill interrupted at least one.
    #[expect(clippy::print_stdout, reason = "reports what happened under load")]
    #[track_caller]
    pub(crate) fn assert_met_something(self) {
        println!("{self:?}");
        assert!(self.redeemed > 0 && self.rotated > 0, "{self:?}");
        let unanswered = self.redeemed_unanswered + self.rotated_unanswered;
        assert!(
            unanswered + self.again > 0,
            "no kill hit a request: {self:?}"
        );
    }
}

/// Checks chains after a crash. No transaction of a dead server may be in progress.
pub(crate) struct Check<'a, G> {
    pub(crate) server: &'a Http,
    pub(crate) client: &'a Registered,
    pub(crate) grants: &'a G,
}

impl<G: Grants> Check<'_, G> {
    /// Checks every chain.
    pub(crate) async fn chains(&self, chains: Vec<Chain>) -> Tally {
        let mut tally = Tally::default();
        for chain in chains {
            tally += self.chain(chain).await;
        }
        tally
    }

    async fn chain(&self, chain: Chain) -> Tally {
        let Chain {
            grant,
            code,
            is_cut_off,
            again,
            held,
        } = chain;
        let mut tally = Tally {
            again,
            ..Tally::default()
        };
        match held {
            None => {
                let was_stored = self.redeemed_at_most_once(grant, &code).await;
                tally.redeemed_unanswered += usize::from(was_stored);
            }
            Some(held) => {
                tally.redeemed += 1;
                tally.rotated += usize::try_from(held.generation).unwrap();
                // Presenting a redeemed code revokes its grant, so each chain can check only one property.
                if held.generation == 0 && !is_cut_off {
                    self.stays_redeemed(grant, &code, &held).await;
                } else {
                    let was_stored = self.goes_on(grant, held, is_cut_off).await;
                    tally.rotated_unanswered += usize::from(was_stored);
                }
            }
        }
        tally
    }

    async fn redeem(&self, code: &str) -> Answer {
        self.server.redeem(self.client, code).await
    }

    async fn refresh(&self, refresh_token: &str) -> Answer {
        self.server.refresh(self.client, refresh_token).await
    }

    async fn stored(&self, grant: GrantId) -> GrantRow {
        let row = self.grants.grant(grant).await;
        row.unwrap_or_else(|| panic!("grant {grant} was acknowledged but is not stored"))
    }

    /// Checks a code whose redemption got no response: it works once, unless the redemption was stored.
    ///
    /// Returns whether the redemption was stored.
    async fn redeemed_at_most_once(&self, grant: GrantId, code: &str) -> bool {
        let was_stored = self.grants.grant(grant).await.is_some();
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

    /// Checks that a redeemed code is refused and that presenting it revokes its grant.
    async fn stays_redeemed(&self, grant: GrantId, code: &str, held: &Held) {
        let stored = self.stored(grant).await;
        assert_eq!((stored.generation, stored.revoked_at), (0, None));
        assert_eq!(self.redeem(code).await.refusal(), invalid_grant());
        let refreshed = self.refresh(&held.refresh_token).await;
        assert_eq!(refreshed.refusal(), invalid_grant());
    }

    /// Checks that the client can continue with its last refresh token, whether or not a cut-off rotation was stored.
    ///
    /// Returns whether the rotation was stored.
    async fn goes_on(&self, grant: GrantId, held: Held, is_cut_off: bool) -> bool {
        let stored = self.stored(grant).await;
        let lead = stored.generation - held.generation;
        assert!(lead == 0 || is_cut_off && lead == 1, "{stored:?}");
        let successor = self.refresh(&held.refresh_token).await.ok();
        let stored = self.stored(grant).await;
        assert_eq!(stored.generation, held.generation + 1);
        self.refresh(&successor.text("refresh_token")).await.ok();
        lead == 1
    }
}

fn invalid_grant() -> (u16, String) {
    (400, "invalid_grant".to_owned())
}
