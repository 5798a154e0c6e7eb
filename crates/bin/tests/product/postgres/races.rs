//! Concurrent requests to three servers on one database.

use crate::support::{Crowds, Mint, Nodes, TIMES, exchange, many, owned, refreshing, within};
use std::collections::BTreeSet;
use std::time::Duration;

struct Rig {
    nodes: Nodes,
    crowds: Crowds,
    mint: Mint,
}

impl Rig {
    async fn new() -> Self {
        let nodes = Nodes::start(3, &[]).await;
        let client = nodes.installation.web_client(&["--signing-alg=ES256"]);
        Self {
            mint: Mint::new(&nodes.installation, &client),
            crowds: Crowds {
                servers: nodes.addresses(),
                client,
            },
            nodes,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn code_presented_to_all_nodes_is_redeemed_once() {
    let mut rig = Rig::new().await;
    let forms = (0..many()).map(|_| owned(&exchange(&rig.mint.code().1)));
    let mut redemptions = 0;
    for answers in rig.crowds.send(forms.collect()).await {
        let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
        let redeemed = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(redeemed, 1);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(answer.refusal(), (400, "invalid_grant".to_owned()));
        }
        redemptions += redeemed;
    }
    rig.nodes.stop();
    println!(
        "{redemptions} redemptions of {} codes, each presented {TIMES} times",
        many()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refresh_token_presented_to_all_nodes_is_rotated_once() {
    let mut rig = Rig::new().await;
    let tokens = rig.crowds.fresh_tokens(&rig.mint, many()).await;
    let forms = tokens.iter().map(|(_, token)| owned(&refreshing(token)));
    for answers in rig.crowds.send(forms.collect()).await {
        // Within the leeway, all of them get the same successor.
        let successors: BTreeSet<_> = answers
            .into_iter()
            .map(|answer| answer.unwrap().ok().text("refresh_token"))
            .collect();
        assert_eq!(successors.len(), 1);
    }
    // PostgreSQL flushes the statistics of a connection when it closes, at the latest.
    rig.nodes.stop();
    let database = &rig.nodes.database;
    // One rotation per token updates each row once.
    let count = i64::try_from(many()).unwrap();
    within(Duration::from_secs(30), "counted", async || {
        database.writes("grants").await.updated >= count
    })
    .await;
    let updated = database.writes("grants").await.updated;
    assert_eq!(updated, count);
    println!("{updated} rotations of {count} tokens, each presented {TIMES} times");
}
