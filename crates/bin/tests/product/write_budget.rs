//! Rows that requests may add to the store.
//!
//! A redeemed code, a login, a browser session, a remembered consent and a revoked token without a grant add one row
//! each. A password adds a counter for its account and one for its address, once per window of ten minutes. Other requests
//! add none. A sign-in and a consent are also events, which the server stores once a second.

use crate::support::{Installation, Mint, Rows, Visitor, authorization_of, parameter};
use std::collections::BTreeMap;

/// Returns the tables whose row counts changed, and the changes. Ignores events and their batches, which a server stores
/// at any time.
fn grown(before: &BTreeMap<String, i64>, after: &BTreeMap<String, i64>) -> Vec<(String, i64)> {
    let growth = after
        .iter()
        .map(|(table, count)| (table.clone(), count - before[table]));
    let is_log = |table: &str| table == "events" || table == "event_batches";
    growth
        .filter(|(table, rows)| *rows != 0 && !is_log(table))
        .collect()
}

#[tokio::test]
async fn only_code_redemptions_and_logins_add_rows() {
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
    // The completed step, and the counters of the account and of the address.
    assert_eq!(grown(&credited, &logged_in), [("ephemera".to_owned(), 3)]);
}

/// Does the same as [`grown`] without expiring values: a window of counters may end at any time.
fn grown_for_good(
    before: &BTreeMap<String, i64>,
    after: &BTreeMap<String, i64>,
) -> Vec<(String, i64)> {
    let mut grown = grown(before, after);
    grown.retain(|(table, _)| table != "ephemera");
    grown
}

#[tokio::test]
async fn browser_login_adds_budgeted_rows_and_reads_add_none() {
    let installation = Installation::new();
    installation.user();
    let web = installation.web_client(&["--signing-alg=ES256"]);
    let machine = installation.machine();
    let server = installation.start();
    let rows = Rows::of(&installation);
    let address = authorization_of(&web);

    let start = rows.counts();
    let mut visitor = Visitor::of(&server.http);
    let page = visitor.go(&address).await.page();
    let answer = visitor.log_in(&page).await.elsewhere();
    let code = parameter(&answer, "code");
    server.http.redeem(&web, &code).await.ok();
    let first = rows.counts();
    let one_each = ["consents", "grants", "sessions"].map(|table| (table.to_owned(), 1));
    assert_eq!(grown_for_good(&start, &first), one_each);

    let mut elsewhere = Visitor::of(&server.http);
    let page = elsewhere.go(&address).await.page();
    let answer = elsewhere.log_in_again(&page).await.elsewhere();
    let code = parameter(&answer, "code");
    let redeemed = server.http.redeem(&web, &code).await.ok();
    let token = redeemed.text("access_token");
    let second = rows.counts();
    assert_eq!(grown_for_good(&first, &second), one_each[1..]);

    for _ in 0..50 {
        let answer = visitor.go(&address).await.elsewhere();
        assert!(!parameter(&answer, "code").is_empty());
        let about = server.http.introspect(&web, &token).await.ok();
        assert_eq!(about.json()["active"], true);
        server.http.userinfo(&token).await.ok();
    }
    let read = rows.counts();
    assert_eq!(grown(&second, &read), []);

    let token = server.http.client_credentials(&machine).await.ok();
    let token = token.text("access_token");
    for _ in 0..2 {
        server.http.revoke(&machine, &token).await.ok();
    }
    let about = server.http.introspect(&machine, &token).await.ok();
    assert_eq!(about.json()["active"], false);
    let revoked = rows.counts();
    assert_eq!(grown(&read, &revoked), [("ephemera".to_owned(), 1)]);
}
