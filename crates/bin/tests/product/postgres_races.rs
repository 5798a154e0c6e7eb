//! Three servers on one database, and clients that ask all of them at once.

use crate::support::{
    Answer, Database, Http, Installation, Mint, Registered, Server, exchange, refreshing,
};
use std::collections::BTreeSet;
use tokio::task::JoinSet;

/// How many codes: more with `COUNTERSIGN_SOAK=1`.
fn codes() -> usize {
    if std::env::var_os("COUNTERSIGN_SOAK").is_some() {
        10_000
    } else {
        600
    }
}

/// How often each code or token is presented, at once.
const TIMES: usize = 8;
/// How many codes or tokens are under way at once.
const AT_ONCE: usize = 25;

struct Rig {
    database: Database,
    client: Registered,
    mint: Mint,
    servers: [Server; 3],
}

impl Rig {
    async fn new() -> Self {
        let database = Database::new().await;
        let installation = Installation::on(&database, &[]);
        let client = installation.web_client(&["--signing-alg=ES256"]);
        Self {
            mint: Mint::new(&installation, &client),
            servers: std::array::from_fn(|_| installation.start()),
            database,
            client,
        }
    }

    fn http(&self) -> [Http; 3] {
        [0, 1, 2].map(|number| self.servers[number].http.clone())
    }
}

/// Sends one form many times at once, to each server in turn.
async fn crowd(http: [Http; 3], client: Registered, form: Vec<(String, String)>) -> Vec<Answer> {
    let ask = |number: usize| {
        let (http, client, form) = (http[number % 3].clone(), client.clone(), form.clone());
        async move {
            let form: Vec<_> = form
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            http.token(&client, &form).await
        }
    };
    let crowd: JoinSet<_> = (0..TIMES).map(ask).collect();
    crowd.join_all().await
}

fn owned(form: &[(&str, &str)]) -> Vec<(String, String)> {
    form.iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// Sends each form by a crowd, some forms at a time.
async fn crowds(rig: &Rig, forms: Vec<Vec<(String, String)>>) -> Vec<Vec<Answer>> {
    let mut answers = Vec::new();
    let mut forms = forms.into_iter();
    loop {
        let some: JoinSet<_> = forms
            .by_ref()
            .take(AT_ONCE)
            .map(|form| crowd(rig.http(), rig.client.clone(), form))
            .collect();
        if some.is_empty() {
            return answers;
        }
        answers.extend(some.join_all().await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_is_presented_everywhere_at_once_is_redeemed_once() {
    let rig = Rig::new().await;
    let forms = (0..codes()).map(|_| owned(&exchange(&rig.mint.code().1)));
    for answers in crowds(&rig, forms.collect()).await {
        let redeemed = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(redeemed, 1);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(answer.refusal(), (400, "invalid_grant".to_owned()));
        }
    }
    rig.servers.into_iter().for_each(Server::stop);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_token_that_is_presented_everywhere_at_once_is_rotated_once() {
    let rig = Rig::new().await;
    let mut tokens = Vec::new();
    for number in 0..codes() {
        let http = &rig.servers[number % 3].http;
        let answer = http.redeem(&rig.client, &rig.mint.code().1).await.ok();
        tokens.push(answer.text("refresh_token"));
    }
    let forms = tokens.iter().map(|token| owned(&refreshing(token)));
    for answers in crowds(&rig, forms.collect()).await {
        // Within the leeway all of them get the same successor.
        let successors: BTreeSet<_> = answers
            .into_iter()
            .map(|answer| answer.ok().text("refresh_token"))
            .collect();
        assert_eq!(successors.len(), 1);
    }
    rig.servers.into_iter().for_each(Server::stop);
    // One rotation each: the database has updated each row once.
    let count = i64::try_from(codes()).unwrap();
    crate::support::within(std::time::Duration::from_secs(10), "counted", async || {
        rig.database.writes("grants").await.updated >= count
    })
    .await;
    assert_eq!(rig.database.writes("grants").await.updated, count);
}
