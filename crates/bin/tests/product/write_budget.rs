//! What requests may add to the store: a row for a code that is redeemed, a row for a login, and else
//! nothing.

use crate::support::{Installation, Mint, Rows};
use std::collections::BTreeMap;

/// The tables that have more or fewer rows than before, and by how many.
fn grown(before: &BTreeMap<String, i64>, after: &BTreeMap<String, i64>) -> Vec<(String, i64)> {
    let growth = after
        .iter()
        .map(|(table, count)| (table.clone(), count - before[table]));
    growth.filter(|(_, rows)| *rows != 0).collect()
}

#[tokio::test]
async fn only_redemptions_and_logins_add_rows() {
    let installation = Installation::new();
    installation.user();
    let web = installation.web_client(&["--signing-alg=ES256"]);
    let machine = installation.machine();
    let server = installation.start();
    let mint = Mint::new(&installation, &web);
    let rows = Rows::of(&installation);

    let start = rows.counts();
    let mut refresh_tokens = Vec::new();
    for _ in 0..50 {
        let answer = server.http.redeem(&web, &mint.code().1).await.ok();
        refresh_tokens.push(answer.text("refresh_token"));
    }
    let redeemed = rows.counts();
    assert_eq!(grown(&start, &redeemed), [("grants".to_owned(), 50)]);

    for _ in 0..4 {
        for token in &mut refresh_tokens {
            let answer = server.http.refresh(&web, token).await.ok();
            *token = answer.text("refresh_token");
        }
    }
    let rotated = rows.counts();
    assert_eq!(grown(&redeemed, &rotated), []);

    for _ in 0..200 {
        server.http.client_credentials(&machine).await.ok();
    }
    let credited = rows.counts();
    assert_eq!(grown(&rotated, &credited), []);

    server.http.log_in(&web).await;
    let logged_in = rows.counts();
    assert_eq!(grown(&credited, &logged_in), [("logins".to_owned(), 1)]);
}
