//! Presents codes and refresh tokens to three servers concurrently, while servers are killed and restarted.
//!
//! Acknowledged writes survive, and nothing takes effect twice.

use crate::support::{
    Answer, Crowds, Grants as _, Mint, Nodes, Random, TIMES, exchange, many, owned, refreshing,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Maximum time in milliseconds before a kill, and until the restart.
const LONGEST: u64 = 250;

struct Rig {
    nodes: Nodes,
    crowds: Crowds,
    mint: Mint,
    random: Random,
}

/// Responses to all requests, grouped by form.
type Answers = Vec<Vec<reqwest::Result<Answer>>>;

/// Outcomes of all forms of a test.
#[derive(Debug, Default)]
struct Tally {
    acknowledged: usize,
    /// Stored, but the server died before it responded to the winning request.
    stored_unacknowledged: usize,
    /// Neither stored nor acknowledged: every request was cut off.
    not_stored: usize,
    /// Requests without a response.
    cut_off: usize,
}

impl Rig {
    async fn new() -> Self {
        let nodes = Nodes::start(3, &[("LIFETIMES__REFRESH_LEEWAY", "300")]).await;
        let client = nodes.installation.web_client(&["--signing-alg=ES256"]);
        Self {
            mint: Mint::new(&nodes.installation, &client),
            crowds: Crowds {
                servers: nodes.addresses(),
                client,
            },
            random: Random::told(),
            nodes,
        }
    }

    /// Sends the forms concurrently while servers are killed.
    #[expect(clippy::print_stdout, reason = "reports what happened under load")]
    async fn send_and_kill(
        &mut self,
        forms: impl Iterator<Item = Vec<(String, String)>>,
    ) -> Answers {
        let is_over = Arc::new(AtomicBool::new(false));
        let (crowds, forms, over) = (self.crowds.clone(), forms.collect(), is_over.clone());
        let sent = tokio::spawn(async move {
            let answers = crowds.send(forms).await;
            over.store(true, Ordering::Relaxed);
            answers
        });
        let mut kills = 0;
        while !is_over.load(Ordering::Relaxed) {
            let [before, away] =
                [(); 2].map(|()| Duration::from_millis(self.random.below(LONGEST)));
            tokio::time::sleep(before).await;
            self.nodes.replace_one(&mut self.random, away).await;
            kills += 1;
        }
        println!("killed {kills} servers");
        sent.await.unwrap()
    }

    /// Sends a request to a random server.
    async fn ask(&mut self, form: &[(&str, &str)]) -> Answer {
        let servers = self.nodes.http();
        let any = self.random.below(servers.len() as u64);
        let http = &servers[usize::try_from(any).unwrap()];
        http.token(&self.crowds.client, form).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_code_redemptions_succeed_once_despite_killed_nodes() {
    let mut rig = Rig::new().await;
    let codes: Vec<_> = (0..many()).map(|_| rig.mint.code()).collect();
    let forms = codes.iter().map(|(_, code)| owned(&exchange(code)));
    let answers = rig.send_and_kill(forms).await;
    let grants = rig.nodes.database.grants().await;
    let mut tally = Tally::default();
    for ((grant, code), answers) in codes.iter().zip(answers) {
        let answered: Vec<_> = answers.into_iter().filter_map(Result::ok).collect();
        tally.cut_off += TIMES - answered.len();
        let redeemed = answered
            .iter()
            .filter(|answer| answer.status == 200)
            .count();
        for answer in answered.iter().filter(|answer| answer.status != 200) {
            assert_eq!(answer.refusal(), (400, "invalid_grant".to_owned()));
        }
        assert!(redeemed <= 1, "{redeemed} of {TIMES} redeemed one code");
        let is_stored = grants.grant(*grant).await.is_some();
        if redeemed == 1 {
            assert!(is_stored, "an acknowledged redemption is lost");
            tally.acknowledged += 1;
        } else if is_stored {
            assert!(
                answered.len() < TIMES,
                "no response to the winner, although no server died"
            );
            tally.stored_unacknowledged += 1;
        } else {
            assert!(answered.is_empty(), "refused, but never redeemed");
            tally.not_stored += 1;
        }
        // A code that was not redeemed works once more, and then never again.
        let status = rig.ask(&exchange(code)).await.status;
        assert_eq!(status, if is_stored { 400 } else { 200 });
        assert_eq!(rig.ask(&exchange(code)).await.status, 400);
    }
    rig.nodes.stop();
    println!(
        "{} codes, each presented {TIMES} times: {tally:?}",
        codes.len()
    );
    assert!(tally.acknowledged > 0 && tally.cut_off > 0, "{tally:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_refreshes_rotate_once_despite_killed_nodes() {
    let mut rig = Rig::new().await;
    let tokens = rig.crowds.fresh_tokens(&rig.mint, many()).await;
    let forms = tokens.iter().map(|(_, token)| owned(&refreshing(token)));
    let answers = rig.send_and_kill(forms).await;
    let grants = rig.nodes.database.grants().await;
    let mut tally = Tally::default();
    for ((grant, token), answers) in tokens.iter().zip(answers) {
        let answered: Vec<_> = answers.into_iter().filter_map(Result::ok).collect();
        tally.cut_off += TIMES - answered.len();
        let mut successors: BTreeSet<_> = answered
            .into_iter()
            .map(|answer| answer.ok().text("refresh_token"))
            .collect();
        let generation = grants.grant(*grant).await.unwrap().generation;
        match (successors.pop_first(), generation) {
            (Some(successor), 1) => {
                assert!(successors.is_empty(), "one token has two successors");
                tally.acknowledged += 1;
                rig.ask(&refreshing(&successor)).await.ok();
                let generation = grants.grant(*grant).await.unwrap().generation;
                assert_eq!(generation, 2, "the acknowledged successor is current");
                continue;
            }
            (None, 1) => tally.stored_unacknowledged += 1,
            (None, 0) => tally.not_stored += 1,
            (successor, generation) => {
                panic!("generation {generation} with successor {successor:?}")
            }
        }
        rig.ask(&refreshing(token)).await.ok();
    }
    rig.nodes.stop();
    println!(
        "{} tokens, each presented {TIMES} times: {tally:?}",
        tokens.len()
    );
    assert!(tally.acknowledged > 0 && tally.cut_off > 0, "{tally:?}");
}
