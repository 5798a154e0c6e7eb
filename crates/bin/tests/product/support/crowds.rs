//! Crowds: concurrent requests with the same form to all servers.

use super::{Addresses, Answer, Mint, Registered};
use countersign_domain::identifier::GrantId;
use countersign_store_contract::postgres::is_soak;
use std::collections::VecDeque;
use tokio::task::JoinSet;

/// Number of concurrent requests per form.
pub(crate) const TIMES: usize = 8;
/// Number of forms in progress at once.
const AT_ONCE: usize = 25;
/// Number of concurrent redemptions without a race.
const REDEEMING: usize = 16;

/// Owned form parameters.
pub(crate) type Form = Vec<(String, String)>;

/// Returns the number of codes or tokens per test: more with `COUNTERSIGN_SOAK=1`.
pub(crate) fn many() -> usize {
    if is_soak() { 10_000 } else { 600 }
}

/// Returns a form with owned parameters.
pub(crate) fn owned(form: &[(&str, &str)]) -> Form {
    form.iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// Sender of crowds.
#[derive(Clone)]
pub(crate) struct Crowds {
    pub(crate) servers: Addresses,
    pub(crate) client: Registered,
}

impl Crowds {
    /// Sends each form many times and returns the responses in the order of the forms.
    ///
    /// A request without a response yields an error.
    pub(crate) async fn send(&self, forms: Vec<Form>) -> Vec<Vec<reqwest::Result<Answer>>> {
        let mut forms: VecDeque<_> = forms.into_iter().enumerate().collect();
        let mut under_way = JoinSet::new();
        let mut answers = Vec::new();
        loop {
            while under_way.len() < AT_ONCE
                && let Some((number, form)) = forms.pop_front()
            {
                let own = self.clone();
                under_way.spawn(async move { (number, own.send_one(form).await) });
            }
            let Some(done) = under_way.join_next().await else {
                break;
            };
            answers.push(done.unwrap());
        }
        answers.sort_unstable_by_key(|(number, _)| *number);
        answers.into_iter().map(|(_, answers)| answers).collect()
    }

    /// Redeems new codes. Returns their grants with the first refresh tokens.
    pub(crate) async fn fresh_tokens(&self, mint: &Mint, count: usize) -> Vec<(GrantId, String)> {
        let redeem = |first: usize| {
            let servers = self.servers.lock().unwrap().clone();
            let (client, mint) = (self.client.clone(), mint.clone());
            async move {
                let mut tokens = Vec::new();
                for number in (first..count).step_by(REDEEMING) {
                    let (grant, code) = mint.code();
                    let http = &servers[number % servers.len()];
                    let answer = http.redeem(&client, &code).await.ok();
                    tokens.push((grant, answer.text("refresh_token")));
                }
                tokens
            }
        };
        let all: JoinSet<_> = (0..REDEEMING).map(redeem).collect();
        all.join_all().await.concat()
    }

    /// Sends a form concurrently, to the servers in turn.
    async fn send_one(self, form: Form) -> Vec<reqwest::Result<Answer>> {
        let servers = self.servers.lock().unwrap().clone();
        let ask = |number: usize| {
            let http = servers[number % servers.len()].clone();
            let (client, form) = (self.client.clone(), form.clone());
            async move {
                let form: Vec<_> = form
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                http.try_token(&client, &form).await
            }
        };
        let crowd: JoinSet<_> = (0..TIMES).map(ask).collect();
        crowd.join_all().await
    }
}
